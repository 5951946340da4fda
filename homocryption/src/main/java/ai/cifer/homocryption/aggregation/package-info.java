/// Sums of integer vectors under one-polynomial RLWE masks: quantise, mask, fold, open, decode.
///
/// Chain: [Quantiser][ai.cifer.homocryption.aggregation.Quantiser] →
/// [BlockMasker][ai.cifer.homocryption.aggregation.BlockMasker] →
/// [BlockSum][ai.cifer.homocryption.aggregation.BlockSum] →
/// [BlockOpener][ai.cifer.homocryption.aggregation.BlockOpener] →
/// [Dequantiser][ai.cifer.homocryption.aggregation.Dequantiser].
///
/// Guarantees: one masked block `c = a·s + T·e + m` is hidden by RLWE (N, Q, σ = 8); the sum of up
/// to `n_max` blocks opens to exactly the sum of the messages, without failure probability.
///
/// Does not guarantee: authenticity of blocks (sign them), anything after the same secret masked
/// two messages with one public seed, that a sender's block is well formed, or that the machine
/// code is free of timing differences (the sources have no secret-dependent branch or address).
@NullMarked
package ai.cifer.homocryption.aggregation;

import org.jspecify.annotations.NullMarked;
