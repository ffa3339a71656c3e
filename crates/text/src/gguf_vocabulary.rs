//! A tokenizer from the metadata of a GGUF.

use tokenizers::models::bpe::{BPE, Vocab};
use tokenizers::pre_tokenizers::PreTokenizerWrapper;
use tokenizers::pre_tokenizers::byte_level::ByteLevel;
use tokenizers::pre_tokenizers::digits::Digits;
use tokenizers::pre_tokenizers::sequence::Sequence;
use tokenizers::pre_tokenizers::split::{Split, SplitPattern};
use tokenizers::processors::template::TemplateProcessing;
use tokenizers::{AddedToken, SplitDelimiterBehavior};

use crate::Error;
use crate::tokenizer::{Tokenizer, fault};

/// What a GGUF says about its tokenizer: the values of `tokenizer.ggml.*`.
#[derive(Clone, Copy, Debug)]
pub struct GgufVocabulary<'a> {
    /// `model`: `gpt2` is byte-level BPE.
    pub model: &'a str,
    /// `pre`: how text is cut before merging.
    pub pre: Option<&'a str>,
    /// `tokens`: a token for each id, in GPT-2's alphabet of bytes.
    pub tokens: &'a [String],
    /// `token_type`: 1 normal, 2 unknown, 3 control, 4 user-defined, 5 unused, 6 byte; or nothing.
    pub token_types: &'a [i32],
    /// `merges`: pairs of tokens with a space between them, the first to be merged first.
    pub merges: &'a [String],
    /// `bos_token_id`.
    pub bos: Option<u32>,
    /// `eos_token_id`.
    pub eos: Option<u32>,
    /// `add_bos_token`; left out, as llama.cpp has it for this `pre`.
    pub add_bos: Option<bool>,
    /// `add_eos_token`.
    pub add_eos: Option<bool>,
}

/// `token_type` of a token that stands for no text.
const CONTROL: i32 = 3;
/// `token_type` of a token that is found in text as a whole.
const USER_DEFINED: i32 = 4;

/// How text is cut into pieces before merging.
struct Cut {
    /// Names of `tokenizer.ggml.pre`.
    names: &'static [&'static str],
    /// A pattern whose matches and gaps are the pieces; `None` is GPT-2's own.
    pattern: Option<&'static str>,
    /// Whether each digit is a piece of its own before anything else.
    each_digit: bool,
    /// Whether a piece that is a token is taken as it is, and whether a text begins with BOS.
    is_llama3: bool,
}

/// Source: the tokenizer.json of a model of each kind; names as in llama.cpp's `llama-vocab.cpp`.
const CUTS: [Cut; 4] = [
    Cut {
        names: &["llama-bpe", "llama3", "llama-v3"],
        pattern: Some(concat!(
            r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|",
            r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
        )),
        each_digit: false,
        is_llama3: true,
    },
    Cut {
        names: &["qwen2"],
        pattern: Some(concat!(
            r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}|",
            r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
        )),
        each_digit: false,
        is_llama3: false,
    },
    Cut {
        names: &["smollm", "starcoder", "refact", "command-r", "codeshell", "exaone"],
        pattern: None,
        each_digit: true,
        is_llama3: false,
    },
    Cut { names: &["gpt-2", "gpt2"], pattern: None, each_digit: false, is_llama3: false },
];

impl Tokenizer {
    /// Builds the tokenizer that a GGUF describes.
    ///
    /// # Errors
    /// It is not byte-level BPE, it cuts text in a way that is not known here, or its lists contradict each other.
    pub fn from_gguf(vocabulary: &GgufVocabulary<'_>) -> Result<Self, Error> {
        if vocabulary.model != "gpt2" {
            return Err(Error::Unsupported {
                what: format!("tokenizer.ggml.model {:?}", vocabulary.model),
                supported: "\"gpt2\" (byte-level BPE)".to_owned(),
            });
        }
        let types = vocabulary.token_types.len();
        if types != 0 && types != vocabulary.tokens.len() {
            let tokens = vocabulary.tokens.len();
            return Err(Error::Tokenizer { fault: format!("{tokens} tokens, but {types} token types") });
        }
        let cut = cut(vocabulary.pre)?;
        let mut tokenizer = tokenizers::Tokenizer::new(bpe(vocabulary, cut)?);
        tokenizer.with_pre_tokenizer(Some(pre_tokenizer(cut)?));
        tokenizer.with_decoder(Some(ByteLevel::default()));
        let found_whole =
            vocabulary.tokens.iter().zip(vocabulary.token_types).filter_map(|(token, &kind)| {
                let is_found = !token.is_empty() && matches!(kind, CONTROL | USER_DEFINED);
                is_found.then(|| AddedToken::from(token.as_str(), kind == CONTROL).normalized(false))
            });
        tokenizer.add_tokens(found_whole).map_err(fault)?;
        if let Some(around) = around(vocabulary, cut)? {
            tokenizer.with_post_processor(Some(around));
        }
        Self::new(tokenizer)
    }
}

fn cut(pre: Option<&str>) -> Result<&'static Cut, Error> {
    let known = CUTS.iter().find(|cut| pre.is_some_and(|pre| cut.names.contains(&pre)));
    known.ok_or_else(|| Error::Unsupported {
        what: pre.map_or("a GGUF without tokenizer.ggml.pre".to_owned(), |pre| {
            format!("tokenizer.ggml.pre {pre:?}")
        }),
        supported: CUTS.iter().flat_map(|cut| cut.names).copied().collect::<Vec<&str>>().join(", "),
    })
}

fn bpe(vocabulary: &GgufVocabulary<'_>, cut: &Cut) -> Result<BPE, Error> {
    let ids: Vocab = vocabulary.tokens.iter().cloned().zip(0..).collect();
    let pair = |merge: &String| {
        // A token may itself be a space in a vocabulary that was not mapped; the separator is never the first character.
        let begin = merge.chars().next().map_or(0, char::len_utf8);
        let space = merge[begin..].find(' ').map(|at| begin + at);
        let space =
            space.ok_or_else(|| Error::Tokenizer { fault: format!("merge {merge:?} is not two tokens") })?;
        Ok((merge[..space].to_owned(), merge[space + 1..].to_owned()))
    };
    let merges = vocabulary.merges.iter().map(pair).collect::<Result<Vec<_>, Error>>()?;
    BPE::builder().vocab_and_merges(ids, merges).ignore_merges(cut.is_llama3).build().map_err(fault)
}

fn pre_tokenizer(cut: &Cut) -> Result<Sequence, Error> {
    let mut steps: Vec<PreTokenizerWrapper> = Vec::new();
    if cut.each_digit {
        steps.push(Digits::new(true).into());
    }
    if let Some(pattern) = cut.pattern {
        let pattern = SplitPattern::Regex(pattern.to_owned());
        steps.push(Split::new(pattern, SplitDelimiterBehavior::Isolated, false).map_err(fault)?.into());
    }
    steps.push(ByteLevel::new(false, true, cut.pattern.is_none()).into());
    Ok(Sequence::new(steps))
}

/// BOS before and EOS after a text, as far as the file asks for them.
fn around(vocabulary: &GgufVocabulary<'_>, cut: &Cut) -> Result<Option<TemplateProcessing>, Error> {
    let bos = vocabulary.bos.filter(|_| vocabulary.add_bos.unwrap_or(cut.is_llama3));
    let eos = vocabulary.eos.filter(|_| vocabulary.add_eos.unwrap_or(false));
    if bos.is_none() && eos.is_none() {
        return Ok(None);
    }
    let named = |id: Option<u32>| {
        let Some(id) = id else { return Ok(None) };
        match vocabulary.tokens.get(id as usize) {
            Some(token) => Ok(Some((token.clone(), id))),
            None => {
                let fault = format!("token id {id} among {} tokens", vocabulary.tokens.len());
                Err(Error::Tokenizer { fault })
            }
        }
    };
    let (bos, eos) = (named(bos)?, named(eos)?);
    let mut pieces: Vec<String> = bos.iter().map(|(token, _)| token.clone()).collect();
    pieces.push("$A".to_owned());
    pieces.extend(eos.iter().map(|(token, _)| token.clone()));
    let refused = |fault: String| Error::Tokenizer { fault };
    let mut tokens: Vec<(String, u32)> = bos.into_iter().chain(eos).collect();
    tokens.dedup();
    let template = TemplateProcessing::builder()
        .try_single(pieces)
        .map_err(|err| refused(err.to_string()))?
        .special_tokens(tokens)
        .build()
        .map_err(|err| refused(err.to_string()))?;
    Ok(Some(template))
}
