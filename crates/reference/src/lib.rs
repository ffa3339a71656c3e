//! The slow f32 truth that tests hold everything against.
//!
//! Plain loops in the order of the maths, on the values that the packed weights stand for.
