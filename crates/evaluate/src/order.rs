//! Which problems are asked, and with which seeds: told by one number, whatever was interrupted between.

/// The numbers 0 to `count` in the order that a seed gives them; so many of its first are a choice at random.
pub fn order(count: u32, seed: u64) -> Vec<u32> {
    let mut numbers: Vec<u32> = (0..count).collect();
    for i in (1..numbers.len()).rev() {
        let at = mixed(seed ^ mixed(i as u64)) % (i as u64 + 1);
        numbers.swap(i, at as usize);
    }
    numbers
}

/// The seed of one answer: of the run's seed, the problem's number, and which of its samples it is.
pub fn answer_seed(seed: u64, number: u32, sample: u32) -> u32 {
    (mixed(seed ^ mixed(u64::from(number) << 32 | u64::from(sample))) >> 32) as u32
}

/// A number that any bit of `x` changes all of.
///
/// Source: the finaliser of SplitMix64; G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators", 2014.
fn mixed(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_orders_every_problem_once() {
        let mut found = order(500, 7);
        assert_ne!(found, order(500, 8));
        assert_eq!(found, order(500, 7));
        found.sort_unstable();
        assert_eq!(found, (0..500).collect::<Vec<_>>());
    }

    #[test]
    fn what_comes_first_is_anything_alike() {
        let mut firsts = [0; 10];
        (0..10_000).for_each(|seed| firsts[order(10, seed)[0] as usize] += 1);
        // Five standard deviations of 10,000 draws with a chance of a tenth are 150.
        assert!(firsts.iter().all(|count| (850..1150).contains(count)), "{firsts:?}");
    }

    #[test]
    fn each_answer_has_a_seed_of_its_own() {
        let mut seeds: Vec<u32> =
            (0..1000).flat_map(|number| (0..4).map(move |sample| answer_seed(0, number, sample))).collect();
        seeds.sort_unstable();
        seeds.dedup();
        assert_eq!(seeds.len(), 4000);
    }
}
