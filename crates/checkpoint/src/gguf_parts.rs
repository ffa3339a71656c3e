//! A GGUF that was split: which files belong together, and whether they agree.

use crate::Error;
use crate::gguf::Header;

/// The names of all files of a split GGUF (`NAME-00002-of-00003.gguf`), in order; of any other, its own.
pub fn part_names(name: &str) -> Vec<String> {
    let split = || {
        let stem = name.strip_suffix(".gguf")?;
        let (stem, count) = stem.rsplit_once("-of-")?;
        let (stem, number) = stem.rsplit_once('-')?;
        let is_number =
            |digits: &str| digits.len() == 5 && digits.bytes().all(|digit| digit.is_ascii_digit());
        let count = count.parse::<u32>().ok().filter(|_| is_number(count) && is_number(number))?;
        Some((1..=count).map(|part| format!("{stem}-{part:05}-of-{count:05}.gguf")).collect())
    };
    split()
        .filter(|names: &Vec<String>| names.iter().any(|part| part == name))
        .unwrap_or_else(|| vec![name.to_owned()])
}

/// Holds what each part says of the split against the parts that are there.
pub(crate) fn check_parts(parts: &[(String, Header)]) -> Result<(), Error> {
    let tensors: usize = parts.iter().map(|(_, header)| header.tensors.len()).sum();
    for (i, (name, Header { metadata, .. })) in parts.iter().enumerate() {
        let said = |key: &str| metadata.u32(key).map(|said| said as usize);
        let fault = |what: String| Err(Error::gguf(format!("{name}: {what}")));
        let count = said("split.count").unwrap_or(1).max(1);
        if count != parts.len() {
            return fault(format!(
                "a part of {count}, and {} are here; a split GGUF is found by names that end -00001-of-{count:05}.gguf",
                parts.len()
            ));
        }
        if let Some(number) = said("split.no").filter(|number| *number != i) {
            return fault(format!("part {} by its header, {} by its name", number + 1, i + 1));
        }
        if let Some(whole) = said("split.tensors.count").filter(|whole| *whole != tensors) {
            return fault(format!("{whole} tensors in all by its header; the parts have {tensors}"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_split_file_are_known_by_any_of_their_names() {
        let names = ["a-00001-of-00003.gguf", "a-00002-of-00003.gguf", "a-00003-of-00003.gguf"];
        assert_eq!(part_names(names[0]), names);
        assert_eq!(part_names(names[2]), names);
        for alone in [
            "model.gguf",
            "a-00004-of-00003.gguf",
            "a-0001-of-0003.gguf",
            "a-+0001-of-00003.gguf",
            "-of-.gguf",
        ] {
            assert_eq!(part_names(alone), [alone]);
        }
    }
}
