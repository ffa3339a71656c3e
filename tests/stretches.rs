//! Weights in stretches: fetched from anywhere in a file, kept and taken out again, they are the weights of the file.

use checkpoint::{Checkpoint, Error, Held, Piece, Role, Stretch};
use reckon_tests::{Case, Opened};

/// Where a piece belongs.
type Place = (Role, Option<u32>, u32, u32);

/// The pieces of stretches that are fetched as one: their places, and their bytes as they are kept.
fn fetched(opened: &Opened, held: &Held, stretches: &[Stretch]) -> (Vec<Place>, Vec<u8>) {
    let Opened { checkpoint, files } = opened;
    let (mut places, mut kept) = (Vec::new(), Vec::new());
    let mut stream = checkpoint.stream_stretches(held, stretches);
    let range = stretches[0].source.start as usize..stretches[stretches.len() - 1].source.end as usize;
    for bytes in files[stretches[0].file][range].chunks(1000) {
        let mut keep = |piece: Piece<'_>| note(&piece, &mut places, &mut kept);
        stream.push(bytes, &mut keep).unwrap();
    }
    stream.finish().unwrap();
    (places, kept)
}

fn note(piece: &Piece<'_>, places: &mut Vec<Place>, kept: &mut Vec<u8>) -> Result<(), Error> {
    places.push(match *piece {
        Piece::Rows { role, layer, first_row, rows, .. } => (role, layer, first_row, rows),
        Piece::Vector { role, layer, values } => (role, layer, 0, values.len() as u32),
    });
    piece.push_kept(kept);
    Ok(())
}

/// The pieces of stretches that are taken out of what was kept.
fn taken(checkpoint: &Checkpoint, held: &Held, stretches: &[Stretch], kept: &[u8]) -> (Vec<Place>, Vec<u8>) {
    let (mut places, mut again) = (Vec::new(), Vec::new());
    for stretch in stretches {
        let bytes = &kept[stretch.kept.start as usize..stretch.kept.end as usize];
        let mut keep = |piece: Piece<'_>| note(&piece, &mut places, &mut again);
        assert!(
            checkpoint.kept_pieces(held, stretch, bytes, &mut keep).unwrap(),
            "as many bytes as were kept"
        );
        assert!(!checkpoint.kept_pieces(held, stretch, &bytes[1..], &mut keep).unwrap(), "a byte is missing");
    }
    (places, again)
}

#[test]
fn stretches_are_the_weights_of_their_files() {
    // Heads sorted and not, biases, one file and shards, blocks of 32 and of 256.
    let named = [
        "mobilellm_r1_like",
        "attention_bias",
        "llama_smollm2_like",
        "one_token_bf16_sharded",
        "llama4_gguf_mixed",
    ];
    let cases = named.map(Case::named).into_iter().chain(Case::of_blocks());
    for case in cases {
        let opened = case.open().unwrap();
        let checkpoint = &opened.checkpoint;
        let held = checkpoint.held(None);
        let each_file = checkpoint.stretches(&held, u64::MAX);
        assert_eq!(each_file.len(), checkpoint.files.len(), "{}: stretches end with their file", case.name);
        let mut whole = (Vec::new(), Vec::new());
        for file in &each_file {
            let (places, kept) = fetched(&opened, &held, std::slice::from_ref(file));
            whole.0.extend(places);
            whole.1.extend(kept);
        }
        for size_bytes in [1, 5_000, 50_000] {
            let stretches = checkpoint.stretches(&held, size_bytes);
            assert!(stretches.len() > each_file.len() || size_bytes > 1, "{}", case.name);
            let mut alone = (Vec::new(), Vec::new());
            for stretch in &stretches {
                assert_eq!(stretch.kept.start, alone.1.len() as u64, "{}: one after the other", case.name);
                let (places, kept) = fetched(&opened, &held, std::slice::from_ref(stretch));
                alone.0.extend(places);
                alone.1.extend(kept);
            }
            assert!(alone == whole, "{}: stretches of {size_bytes}, each alone", case.name);
            assert!(
                taken(checkpoint, &held, &stretches, &whole.1) == whole,
                "{}: {size_bytes}, kept",
                case.name
            );
            // From the second on, in one go.
            let rest: Vec<Stretch> =
                stretches[1..].iter().take_while(|next| next.file == stretches[1].file).cloned().collect();
            let kept = &whole.1[rest[0].kept.start as usize..rest[rest.len() - 1].kept.end as usize];
            assert!(fetched(&opened, &held, &rest).1 == kept, "{}: {size_bytes}, in one go", case.name);
        }
    }
}
