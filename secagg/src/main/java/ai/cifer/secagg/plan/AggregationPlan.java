package ai.cifer.secagg.plan;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.Segment;
import ai.cifer.homocryption.aggregation.AggregationParameters;
import ai.cifer.homocryption.aggregation.AggregationWarmUp;
import ai.cifer.secagg.cipher.PadSeeds;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.codec.FieldReader;
import ai.cifer.secagg.codec.FieldWriter;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/// How updates are encoded and protected; public, hashed into the context of every round.
///
/// A segment travels as blocks. In a protected mode a block is one masked polynomial; in the mode
/// `none` it is the same integers as int32 if `quantise` is set, otherwise the float32 values; all
/// little endian.
///
/// @param mode who can open an update
/// @param quantise whether values travel as integers; a protected mode demands it
/// @param parameters the profile
/// @param clips per tensor the magnitude C at which values are cut, finite and > 0
/// @param weightCap the most examples that one client counts for, 1 to `2^b - 1`
/// @param segmentParameters values per segment, 1 to [#MAX_SEGMENT_PARAMETERS]
/// @param partialRounds whether a round goes on without a segment that fails for good
public record AggregationPlan(
    EncryptionMode mode,
    boolean quantise,
    AggregationParameters parameters,
    List<Float> clips,
    int weightCap,
    long segmentParameters,
    boolean partialRounds) {

  /// The profile where nothing else is said: up to 256 clients, 20 bits a value (PROTOCOL 2.2).
  static final AggregationParameters USUAL = AggregationParameters.K2_N256;

  /// For more clients: 17 bits a value, as many bytes.
  static final AggregationParameters LARGE = AggregationParameters.K2_N1024;

  /// The most clients of a plan that names no profile.
  public static final int MAX_CLIENTS = LARGE.maxClients();

  /// The largest weight cap of a plan that names no profile, for up to 256 clients.
  public static final int MAX_WEIGHT_CAP = USUAL.maxWeightCap();

  /// 1 GiB of float32.
  public static final long MAX_SEGMENT_PARAMETERS = 1L << 28;

  /// The most segments of a model.
  public static final int MAX_SEGMENTS = 1 << 20;

  /// The most tensors of a model.
  public static final int MAX_TENSORS = 1 << 20;

  /// Shares on their way to helpers at once, about: those of a large cohort for several segments of
  /// a large model would fill the memory.
  private static final long MOST_SHARE_BYTES = 64L << 20;

  /// Below the 64 segments whose shares a helper holds at once.
  private static final int MOST_SHARED_SEGMENTS = 16;

  private static final String LABEL = "cifer.plan";
  private static final int VERSION = 1;

  public AggregationPlan {
    clips = List.copyOf(clips);
    if (mode.isProtected() && !quantise) {
      throw new IllegalArgumentException(
          "quantise: false (expected: true with encryption " + mode.key() + ")");
    }
    mode.scheme().ifPresent(scheme -> scheme.requireProfile(parameters));
    if (clips.isEmpty() || clips.size() > MAX_TENSORS) {
      throw new IllegalArgumentException(
          "clips: " + clips.size() + " (expected: one per tensor, 1 to " + MAX_TENSORS + ")");
    }
    for (float clip : clips) {
      if (!(clip > 0) || !Float.isFinite(clip)) {
        throw new IllegalArgumentException("clip: " + clip + " (expected: finite and > 0)");
      }
    }
    require("weight_cap", weightCap, parameters.maxWeightCap());
    require("segment_parameters", segmentParameters, MAX_SEGMENT_PARAMETERS);
  }

  /// With a profile that a configuration names.
  public static AggregationPlan of(
      EncryptionMode mode,
      boolean quantise,
      Profile profile,
      List<Float> clips,
      int weightCap,
      long segmentParameters) {
    return new AggregationPlan(
        mode, quantise, profile.parameters(), clips, weightCap, segmentParameters, false);
  }

  /// The usual profile, the same clip for every tensor, and segments of the default size.
  public static AggregationPlan uniform(
      EncryptionMode mode, boolean quantise, ModelLayout layout, float clip, int weightCap) {
    return uniform(mode, quantise, USUAL, layout, clip, weightCap);
  }

  /// The same clip for every tensor and segments of the default size.
  public static AggregationPlan uniform(
      EncryptionMode mode,
      boolean quantise,
      AggregationParameters parameters,
      ModelLayout layout,
      float clip,
      int weightCap) {
    return new AggregationPlan(
        mode,
        quantise,
        parameters,
        Collections.nCopies(layout.tensors().size(), clip),
        weightCap,
        Segment.DEFAULT_PARAMETERS,
        false);
  }

  private static void require(String fact, long value, long max) {
    if (value < 1 || value > max) {
      throw new IllegalArgumentException("%s: %d (expected: 1 to %d)".formatted(fact, value, max));
    }
  }

  /// Has the JVM compile a profile in the background, if updates of this layout are large enough to
  /// be worth it; otherwise, and in mode `none`, does nothing. Returns at once.
  public static void warmUp(EncryptionMode mode, Profile profile, ModelLayout layout) {
    if (mode.isProtected()) {
      AggregationWarmUp.start(profile.parameters(), layout.parameters());
    }
  }

  /// The plan with other segments.
  public AggregationPlan withSegmentParameters(long values) {
    return new AggregationPlan(mode, quantise, parameters, clips, weightCap, values, partialRounds);
  }

  /// The plan with or without partial rounds.
  public AggregationPlan withPartialRounds(boolean partial) {
    return new AggregationPlan(
        mode, quantise, parameters, clips, weightCap, segmentParameters, partial);
  }

  /// What a client with this many examples counts for: `min(examples, weightCap)`.
  public int weight(long examples) {
    return (int) Math.min(examples, weightCap);
  }

  /// The number of blocks of a segment of `size` values.
  public int blocks(long size) {
    return Math.toIntExact(
        quantise ? parameters.blocksFor(size) : Math.ceilDiv(size, parameters.valuesPerBlock()));
  }

  /// Where the values of a block begin, counted from the start of the segment.
  public long blockFrom(int block) {
    long full = (long) block * parameters.valuesPerBlock();
    return quantise && block > 0
        ? full - parameters.valuesPerBlock() + parameters.capacity(0)
        : full;
  }

  /// How many values of a segment of `size` values lie in a block.
  public int blockValues(int block, long size) {
    int capacity = quantise ? parameters.capacity(block) : parameters.valuesPerBlock();
    return (int) Math.min(capacity, size - blockFrom(block));
  }

  /// The bytes of every block but the last; the last is shorter only if values travel as float32.
  public int blockBytes() {
    return mode.scheme()
        .map(scheme -> scheme.blockBytes(parameters))
        .orElseGet(() ->
            mode.isProtected()
                ? parameters.blockBytes()
                : Float.BYTES * parameters.valuesPerBlock());
  }

  /// The bytes of the blocks of a segment of `size` values, exactly.
  public long segmentBytes(long size) {
    return quantise ? (long) blocks(size) * blockBytes() : Float.BYTES * size;
  }

  /// The bytes of the blocks of a whole update, exactly; shares and manifests come on top, see
  /// [UploadSize][ai.cifer.secagg.message.UploadSize].
  public long updateBytes(ModelLayout layout) {
    return layout.segments(segmentParameters).stream()
        .mapToLong(segment -> segmentBytes(segment.size()))
        .sum();
  }

  /// How many numbers a share of a segment's secret has: the coefficients of a mask's secret, or
  /// the words of a pad's seed.
  public int shareValues() {
    return mode.scheme().isPresent() ? PadSeeds.WORDS : parameters.degree();
  }

  /// The bytes of one share of a segment's secret, once it is open.
  public int shareBytes() {
    return Integer.BYTES * shareValues();
  }

  /// The most values of a model in this mode and with these segments.
  public long maxParameters() {
    long most = Math.min(ModelLayout.MAX_PARAMETERS, MAX_SEGMENTS * segmentParameters);
    return mode.scheme().map(scheme -> Math.min(most, scheme.maxParameters())).orElse(most);
  }

  /// Of how many segments shares are on their way to helpers at once: of as many as 64 MiB hold, 1
  /// to 16. A helper and the coordinator hold so many in memory.
  public int segmentsAtOnce(int clients, int helpers) {
    long perSegment = Math.max(1, (long) shareBytes() * clients * helpers);
    return Math.toIntExact(Math.clamp(MOST_SHARE_BYTES / perSegment, 1, MOST_SHARED_SEGMENTS));
  }

  /// How hard a single upload is to read.
  public Security security() {
    return Security.of(this);
  }

  /// Writes the clip of each of `count` values, from `position` of the flat vector on, to `out`.
  public void fillClips(ModelLayout layout, long position, int count, float[] out) {
    int filled = 0;
    for (int tensor = layout.indexAt(position); filled < count; tensor++) {
      int end = (int) Math.min(count, layout.offset(tensor + 1) - position);
      Arrays.fill(out, filled, end, clips.get(tensor));
      filled = end;
    }
  }

  /// The step of the quantiser for a client at the weight cap, `C / (2^(b-1) - 1)`.
  public double step(int tensor) {
    return clips.get(tensor) / (double) ((1 << (parameters.valueBits() - 1)) - 1);
  }

  /// A strict bound on the error of the mean of a tensor by quantisation, values inside the clip:
  /// `step / meanWeight`. Rounding the result to float32 adds at most half a unit in its last
  /// place.
  ///
  /// @param meanWeight the cohort's mean of `min(examples, cap) / cap`, in (0, 1]
  public double worstCaseError(int tensor, double meanWeight) {
    return step(tensor) / requireMeanWeight(meanWeight);
  }

  /// A bound on the standard deviation of that error: `step / (2 sqrt(clients) meanWeight)`.
  public double errorDeviation(int tensor, int clients, double meanWeight) {
    require("clients", clients, parameters.maxClients());
    return step(tensor) / (2 * Math.sqrt(clients) * requireMeanWeight(meanWeight));
  }

  private static double requireMeanWeight(double meanWeight) {
    if (!(meanWeight > 0 && meanWeight <= 1)) {
      throw new IllegalArgumentException("mean weight: " + meanWeight + " (expected: in (0, 1])");
    }
    return meanWeight;
  }

  /// The canonical bytes.
  public byte[] encode() {
    return FieldWriter.of(LABEL, VERSION)
        .text(mode.key())
        .bool(quantise)
        .text(parameters.name())
        .list(clips, (out, clip) -> out.i32(Float.floatToIntBits(clip)))
        .u31(weightCap)
        .i64(segmentParameters)
        .bool(partialRounds)
        .toByteArray();
  }

  /// Reads what [#encode()] writes.
  ///
  /// @throws ai.cifer.secagg.codec.MalformedMessage if the bytes are not canonical
  public static AggregationPlan decode(byte[] bytes) {
    return FieldReader.decode(
        bytes,
        LABEL,
        VERSION,
        in ->
            new AggregationPlan(
                EncryptionMode.of(in.text(64)),
                in.bool(),
                AggregationParameters.named(in.text(64)),
                in.list(MAX_TENSORS, Float.BYTES, each -> Float.intBitsToFloat(each.i32())),
                in.u31(),
                in.i64(),
                in.bool()));
  }

  /// The planHash of the protocol.
  public Bytes hash() {
    return Bytes.sha256(encode());
  }
}
