//! Text to token ids.

use tokenizers::{AddedToken, DecoderWrapper};

use crate::Error;

/// Byte-level BPE with its added tokens, from a `tokenizer.json` or from a GGUF's metadata.
pub struct Tokenizer {
    inner: tokenizers::Tokenizer,
    /// The token that the tokenizer puts before every text, if it does.
    bos: Option<u32>,
}

/// Whether the tokenizer puts its own tokens around a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Special {
    /// Nothing is added: the text is a chat template's, which writes them itself.
    None,
    /// BOS and EOS as the tokenizer is configured, and never a second BOS.
    AsConfigured,
}

impl Tokenizer {
    /// Reads a Hugging Face `tokenizer.json`.
    ///
    /// # Errors
    /// It is no such file, or the tokenizer is not byte-level.
    pub fn from_json(json: &[u8]) -> Result<Self, Error> {
        let inner = tokenizers::Tokenizer::from_bytes(json)
            .map_err(|err| Error::Tokenizer { fault: format!("tokenizer.json: {err}") })?;
        Self::new(inner)
    }

    pub(crate) fn new(mut inner: tokenizers::Tokenizer) -> Result<Self, Error> {
        byte_level(inner.get_decoder())?;
        // Lengths are the caller's: a file that truncates or pads would change the text in silence.
        inner.with_truncation(None).map_err(fault)?;
        inner.with_padding(None);
        let mut tokenizer = Self { inner, bos: None };
        tokenizer.bos = tokenizer.ids("", true)?.first().copied();
        Ok(tokenizer)
    }

    /// Token ids of `text`; the text of a special token becomes its id.
    ///
    /// # Errors
    /// The tokenizer has no token for a part of the text.
    pub fn encode(&self, text: &str, special: Special) -> Result<Vec<u32>, Error> {
        let mut ids = self.ids(text, special == Special::AsConfigured)?;
        if let (Special::AsConfigured, Some(bos)) = (special, self.bos)
            && ids.starts_with(&[bos, bos])
        {
            ids.remove(0);
        }
        Ok(ids)
    }

    fn ids(&self, text: &str, add_special_tokens: bool) -> Result<Vec<u32>, Error> {
        Ok(self.inner.encode_fast(text, add_special_tokens).map_err(fault)?.get_ids().to_vec())
    }

    /// One more than the highest id it may give.
    pub fn vocab_size(&self) -> u32 {
        let vocabulary = self.inner.get_vocab_size(false) as u32;
        self.added().map(|(id, _)| id + 1).fold(vocabulary, u32::max)
    }

    /// The token of an id, as the vocabulary writes it.
    pub fn token(&self, id: u32) -> Option<String> {
        self.inner.id_to_token(id)
    }

    /// The id of a token, as the vocabulary writes it.
    pub fn token_id(&self, token: &str) -> Option<u32> {
        self.inner.token_to_id(token)
    }

    /// Whether [`Special::AsConfigured`] begins a text with a token of its own.
    pub fn adds_bos(&self) -> bool {
        self.bos.is_some()
    }

    /// Whether an id stands for no text: end of turn, padding, header marks.
    pub fn is_special(&self, id: u32) -> bool {
        let added = self.inner.get_added_vocabulary();
        added.simple_id_to_token(id).is_some_and(|token| added.is_special_token(&token))
    }

    /// The texts that [`Tokenizer::encode`] turns into one special id.
    pub(crate) fn special_texts(&self) -> impl Iterator<Item = &str> {
        self.added().filter(|(_, token)| token.special).map(|(_, token)| token.content.as_str())
    }

    fn added(&self) -> impl Iterator<Item = (u32, &AddedToken)> {
        self.inner.get_added_vocabulary().get_added_tokens_decoder().iter().map(|(id, token)| (*id, token))
    }
}

/// Refuses what the detokenizer would not turn back exactly.
fn byte_level(decoder: Option<&DecoderWrapper>) -> Result<(), Error> {
    let what = match decoder {
        Some(DecoderWrapper::ByteLevel(_)) => return Ok(()),
        Some(DecoderWrapper::Sequence(_)) => "a sequence of decoders",
        Some(DecoderWrapper::BPE(_)) => "decoder BPEDecoder",
        Some(DecoderWrapper::WordPiece(_)) => "decoder WordPiece",
        Some(DecoderWrapper::Metaspace(_)) => "decoder Metaspace",
        Some(DecoderWrapper::ByteFallback(_)) => "decoder ByteFallback",
        Some(_) => "its decoder",
        None => "a tokenizer without a decoder",
    };
    Err(Error::Unsupported {
        what: what.to_owned(),
        supported: "byte-level tokenizers (decoder ByteLevel)".to_owned(),
    })
}

pub(crate) fn fault(err: tokenizers::Error) -> Error {
    Error::Tokenizer { fault: err.to_string() }
}
