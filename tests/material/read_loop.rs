//! How fast memory is read here: the ceiling of a decoder that reads all of its weights for a token.
//!
//! ```text
//! cargo run --release --package reckon-tests --bin read-loop [THREADS]
//! ```

use std::thread;
use std::time::Instant;

/// More than any cache holds.
const WORDS: usize = 64 << 20;
const ROUNDS: usize = 9;

fn main() {
    let threads = std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(1);
    let words = vec![1_u64; WORDS];
    let mut rates: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let started = Instant::now();
            let sum: u64 = thread::scope(|scope| {
                let parts = words.chunks(WORDS / threads);
                let readers: Vec<_> = parts.map(|part| scope.spawn(|| read(part))).collect();
                readers.into_iter().map(|reader| reader.join().expect("a reader reads")).sum()
            });
            assert_eq!(sum, WORDS as u64, "every word is read");
            size_of_val(&*words) as f64 / started.elapsed().as_secs_f64() / 1e9
        })
        .collect();
    rates.sort_by(f64::total_cmp);
    let (least, median, most) = (rates[0], rates[ROUNDS / 2], rates[ROUNDS - 1]);
    println!(
        "{threads} threads read {median:.2} GB/s ({least:.2} to {most:.2} in {ROUNDS} rounds of 512 MiB)"
    );
}

/// Sums in lanes, so that the sum does not hold up the reading.
fn read(words: &[u64]) -> u64 {
    let mut lanes = [0_u64; 32];
    for chunk in words.as_chunks::<32>().0 {
        lanes.iter_mut().zip(chunk).for_each(|(lane, word)| *lane += word);
    }
    lanes.iter().sum()
}
