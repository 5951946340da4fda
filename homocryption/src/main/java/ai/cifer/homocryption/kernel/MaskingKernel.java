package ai.cifer.homocryption.kernel;

/// The array work that only the aggregation scheme needs.
///
/// As of [PrimeKernel]: implementations never differ in a result, hold no state that changes, do
/// not allocate, and neither branch on a secret value nor index by one. Primes are above `2^50 -
/// 2^36` and below `2^50`; residues are centred, `|x| ≤ (p-1)/2`, unless said otherwise. Packed
/// residues are those of [PackedResidues][ai.cifer.homocryption.ring.PackedResidues], 50 bits each.
public interface MaskingKernel {
  /// Bytes that `random` and packed arrays must have beyond their contents.
  int PADDING = 64;

  /// Longs of the scratch array of [#gaussian].
  int GAUSSIAN_SCRATCH = 2 * AliasTable.GROUP;

  /// Draws signed integers whose magnitudes have the weights of a table.
  ///
  /// Random bytes come in groups of 512 for 64 samples, as eight planes of 64 bytes: bits 0 to 6 of
  /// plane 0 are the column and bit 7 the sign, planes 1 to 7 the fraction, most significant first.
  /// Zero has no sign, so its two draws add up.
  ///
  /// @param random 8 bytes a sample
  /// @param out a multiple of 64 elements
  /// @param scratch [#GAUSSIAN_SCRATCH] elements, for whoever calls to overwrite
  void gaussian(AliasTable table, byte[] random, byte[] out, long[] scratch);

  /// `slots[i + shift] = clamp(⌊fma(clip(x_i), factor, ξ)⌋, -levels, levels) + levels + 1` for i in
  /// [from, to), where ξ is the little-endian 24-bit integer at byte `3·(i + shift)` times 2^-24.
  ///
  /// @param update any floats
  /// @param clip finite and > 0
  /// @param factor `clip·factor ≤ levels` up to one rounding
  /// @param levels below 2^29
  /// @param random with [#PADDING] bytes more
  /// @return negative if a value is NaN or infinite; its slot is then meaningless
  int quantise(
      float[] update,
      int from,
      int to,
      int shift,
      float clip,
      double factor,
      int levels,
      byte[] random,
      int[] slots);

  /// Whether none of the first `count` values is NaN or infinite.
  boolean finite(float[] values, int count);

  /// `out[i][j] = Σ_f slots[f·N + j]·2^(F·f) + error[j]·2^(F·k) mod p_i`.
  ///
  /// @param slots in [0, 2^b), planar
  /// @param error `|error| ≤ 127`
  /// @param scratch [FieldPacking#scratchLength()] elements, for whoever calls to overwrite
  /// @return all slots or-ed together; the output is meaningless if that has more than b bits
  int message(FieldPacking packing, int[] slots, byte[] error, double[] scratch, double[][] out);

  /// Packs `message[j] + uniform_j·secret[j] mod p`, canonical in [0, p).
  ///
  /// @param uniform N packed chunks and [#PADDING] bytes
  /// @param out receives N packed residues at `offset`, and has [#PADDING] bytes more, which may be
  ///   overwritten
  /// @return false if a chunk is not below p; the output is then meaningless
  boolean mask(
      byte[] uniform, double[] secret, double[] message, long prime, byte[] out, int offset);

  /// `sum[from + j] += residue_j` for `count` packed residues.
  ///
  /// Every residue is loaded once, judged, and added as it was judged.
  ///
  /// @param in packed residues at `offset`, up to the end of the array or further
  /// @param count a multiple of 8
  /// @return false if a residue is not below p; they were added nevertheless
  boolean fold(byte[] in, int offset, long prime, long[] sum, int from, int count);

  /// `out[j] = sum[from + j] - uniform_j·secret[j] mod p`.
  ///
  /// @param uniform N packed chunks and [#PADDING] bytes
  /// @param sum in [0, 2^63)
  /// @return false if a chunk is not below p; the output is then meaningless
  boolean unmask(byte[] uniform, double[] secret, long[] sum, int from, long prime, double[] out);

  /// `a[j] = (a[j] - digit[j])·factor mod p`: one step of Garner's lift.
  ///
  /// @param digit `|digit| < 2^50`
  void subtractAndScale(double[] a, double[] digit, double factor, long prime);

  /// The same integers as longs.
  ///
  /// @param a `|a| ≤ 2^51`
  void toLongs(double[] a, long[] out);

  /// `out[from + j] = ⌊(high[j]·2^50 + low[j]) / 2^shift⌋ mod 2^bits`: one field of numbers in
  /// words of 50 bits.
  ///
  /// @param low in [0, 2^50), or any if it is the same array as `high`
  /// @param high the word after `low`; the same array if there is none
  /// @param shift in [0, 50)
  /// @param bits in [1, 48]; at most `50 - shift` if there is no word after `low`
  void field(long[] low, long[] high, int shift, int bits, long[] out, int from);
}
