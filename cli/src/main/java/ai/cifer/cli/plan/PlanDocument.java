package ai.cifer.cli.plan;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a run of a configuration costs and protects, mode by mode; `docs/reference-plan.md`
/// describes every field.
///
/// @param config the file
/// @param encryption the mode that it names
/// @param strategy what it adds to the traffic
/// @param modes all modes, each with the rest of the configuration as it is
/// @param smallClients what clients with fewer examples lose
/// @param tensors that are averaged
/// @param buffers what becomes of them: `shared` or `local`
/// @param bufferTensors those of the tensors that are buffers, where the model or its graph tells
/// @param privacy what differential privacy gives; null where there is none
/// @param statistics what is measured before training; null where nothing is
/// @param kept tensors of the file that stay on the machine of each participant, as they are
public record PlanDocument(
    String config,
    String encryption,
    Model model,
    Round round,
    Beside strategy,
    Assumptions assumptions,
    List<Mode> modes,
    Accuracy accuracy,
    List<SmallClient> smallClients,
    List<Tensor> tensors,
    String buffers,
    List<String> bufferTensors,
    @Nullable Privacy privacy,
    @Nullable Statistics statistics,
    List<Kept> kept) {

  /// @param segments that are masked, sent and opened one by one
  public record Model(
      String file, String architecture, long parameters, long float32Bytes, int segments) {}

  /// @param clients that a round takes at most
  /// @param minClients fewer in a sum make a round void
  /// @param clip as the configuration says it
  /// @param partial whether it goes on without a segment that fails for good
  public record Round(
      int clients,
      int minClients,
      String profile,
      int valueBits,
      int fieldBits,
      int maxClients,
      int weightCap,
      Object clip,
      String threshold,
      boolean partial) {}

  /// What the strategy has travel beside the change and the model, counted in the costs.
  ///
  /// @param vectors of the model's size that a client sends beside its change
  /// @param numbers that it sends
  /// @param guides vectors of the model's size that a client gets beside the model
  /// @param remembers whether a client keeps a vector of the model's size on its disk
  /// @param uniform whether all clients count alike
  public record Beside(
      String name, int vectors, int numbers, int guides, boolean remembers, boolean uniform) {}

  /// @param times where the seconds come from
  /// @param megabitsPerSecond of every participant's connection, each way
  /// @param certificateBytes of a participant's certificate
  /// @param examples of the clients
  public record Assumptions(
      String times, double megabitsPerSecond, int certificateBytes, String examples) {}

  /// One mode.
  ///
  /// @param refused why a run with it would not begin; all that follows is null then
  public record Mode(
      String encryption,
      boolean configured,
      @Nullable String refused,
      @Nullable Long mostParameters,
      @Nullable Bytes bytes,
      @Nullable Space memory,
      @Nullable Space disk,
      @Nullable Seconds seconds,
      @Nullable Security security,
      @Nullable Helping helpers,
      WhoOpens whoOpens) {}

  /// Bytes of one round.
  ///
  /// @param clientUp all that a client sends; with `secure-aggregation` also as a helper
  /// @param update of these, the update itself with shares and manifests
  /// @param ratio of that to float32
  /// @param helperUp of one helper, for helping alone
  /// @param coordinatorDown all that the coordinator receives
  public record Bytes(
      long clientUp,
      long clientDown,
      long update,
      double ratio,
      long helperUp,
      long helperDown,
      long coordinatorDown,
      long coordinatorUp) {}

  /// Bytes at each participant, beside the JVM's own and the trainer's.
  public record Space(long client, long helper, long coordinator) {}

  /// Seconds of one round, without training.
  ///
  /// @param client its own work on an update
  /// @param coordinator its work on all updates, and to open the sum
  /// @param helper what the key holder computes; null where it only adds shares
  /// @param clientTransfer a client's bytes over its connection
  /// @param coordinatorTransfer everybody's bytes over the coordinator's
  /// @param round the longest way through all of it, one after the other
  public record Seconds(
      @Nullable Double client,
      @Nullable Double coordinator,
      @Nullable Double helper,
      double clientTransfer,
      double coordinatorTransfer,
      @Nullable Double round) {}

  /// @param bits of a single upload
  public record Security(double bits, String source) {}

  /// @param count c
  /// @param needed t
  /// @param mayBeGone c - t
  /// @param malicious so many may lie without two cohorts being certified
  /// @param secrecy so many together with the coordinator learn nothing
  /// @param statements needed for another attempt
  /// @param secrecyAfterRetry what is left of `secrecy` after an attempt was repeated
  /// @param tooFew the probability that fewer than t are there
  /// @param majority what `"threshold": "majority"` would give
  public record Helping(
      int count,
      int needed,
      int mayBeGone,
      int malicious,
      int secrecy,
      @Nullable Integer statements,
      @Nullable Integer secrecyAfterRetry,
      List<TooFew> tooFew,
      @Nullable Majority majority) {}

  /// @param absent the probability with which each helper is not there
  public record TooFew(double absent, double probability) {}

  /// The semi-honest choice.
  public record Majority(int needed, int mayBeGone, int secrecy, List<TooFew> tooFew) {}

  /// @param update who can read a single one
  /// @param sum who learns the sum of a cohort
  /// @param model who has the global model
  public record WhoOpens(String update, String sum, String model) {}

  /// The error of the mean by quantisation, the same in every mode that quantises: the largest over
  /// all tensors.
  ///
  /// @param worst a strict bound
  /// @param deviation a bound of the standard deviation, what to expect
  /// @param meanWeight of the clients, which both are divided by
  public record Accuracy(double worst, double deviation, double meanWeight) {}

  /// @param share of the most examples that a client has
  /// @param lostBits of a value
  public record SmallClient(
      @Nullable Long examples, double share, double lostBits, double leftBits) {}

  /// @param clip of the first round
  /// @param step of the quantiser for the client with the most examples
  public record Tensor(
      String name,
      List<Integer> shape,
      long parameters,
      float clip,
      double step,
      double worstError,
      double deviation) {}

  /// Differential privacy.
  ///
  /// @param scope against whom: `central` or `local`
  /// @param epsilonOfARound at `delta`, of one round
  /// @param epsilon of `rounds` rounds; each void round counts as one more
  /// @param meanDeviation the standard deviation of the noise in each value of the mean
  public record Privacy(
      String scope,
      double clipNorm,
      double noiseMultiplier,
      double sampling,
      int honest,
      double epsilonOfARound,
      double epsilon,
      double delta,
      int rounds,
      double meanDeviation) {}

  /// @param rounds before training, if none is void
  public record Statistics(int rounds, List<Measured> steps) {}

  /// A step of preprocessing whose constants are measured.
  ///
  /// @param step its number, from 1
  /// @param columns empty for all that are numbers
  /// @param low declared range
  /// @param meanError of a mean by rounding, a bound where no value is missing
  /// @param leastDeviation a column with a smaller one is taken for a constant; null where only
  ///   means are measured
  public record Measured(
      int step,
      String word,
      List<String> columns,
      double low,
      double high,
      double meanError,
      @Nullable Double leastDeviation) {}

  /// @param type of its elements in the file
  /// @param use why it is not averaged
  public record Kept(String name, String type, List<Integer> shape, String use) {}
}
