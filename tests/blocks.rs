//! Blocks of every type a file may have, against the values the Python package `gguf` gives them.

use std::fs;

use checkpoint::{FileDtype, decode_row};
use reckon_tests::root;
use safetensors::SafeTensors;

#[test]
fn every_block_has_the_values_that_gguf_gives_it() {
    let bytes = fs::read(root().join("golden/blocks.safetensors")).expect("the golden is committed");
    let arrays = SafeTensors::deserialize(&bytes).expect("the golden is safetensors");
    for dtype in FileDtype::ALL {
        let array = |part: &str| arrays.tensor(&format!("{}.{part}", dtype.name())).expect("every type");
        let (rows, expected) = (array("bytes"), array("values"));
        let [count, columns] = *expected.shape() else { panic!("{:?}", expected.shape()) };
        let expected: Vec<f32> =
            expected.data().as_chunks().0.iter().map(|word| f32::from_le_bytes(*word)).collect();
        let mut values = vec![0.0; columns];
        for (number, row) in rows.data().chunks_exact(rows.shape()[1]).enumerate() {
            decode_row(dtype, row, &mut values);
            assert_eq!(values, expected[number * columns..][..columns], "{} row {number}", dtype.name());
        }
        println!("{:5} {count} rows of {columns} are equal", dtype.name());
    }
}
