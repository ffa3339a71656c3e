"""The recipe of Reckon's embedded model: data, tokenizer, model, training, export."""
