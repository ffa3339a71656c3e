//! The reference forward pass against transformers: every golden case, no GPU.

use reckon_tests::Case;

#[test]
fn every_golden_opens() {
    for case in Case::all() {
        let opened = case.open().unwrap_or_else(|err| panic!("{}: {err}", case.name));
        assert_eq!(opened.checkpoint.config.vocab_size as usize, case.vocab_size(), "{}", case.name);
    }
}
