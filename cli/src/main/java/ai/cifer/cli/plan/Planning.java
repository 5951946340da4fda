package ai.cifer.cli.plan;

import ai.cifer.cli.exit.CommandFailed;
import ai.cifer.cli.exit.ExitCode;
import ai.cifer.cli.history.WhoOpens;
import ai.cifer.cli.plan.PlanDocument.Accuracy;
import ai.cifer.cli.plan.PlanDocument.SmallClient;
import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.ModelSummary;
import ai.cifer.fedlearn.train.Preprocessing;
import ai.cifer.fedlearn.train.Statistics;
import ai.cifer.fedlearn.train.TrainConfig;
import ai.cifer.node.NodeException;
import ai.cifer.node.config.ModelPlace;
import ai.cifer.node.config.ServerConfig;
import ai.cifer.node.coordinator.RoundClips;
import ai.cifer.node.coordinator.StrategyChoice;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.message.Draw;
import ai.cifer.secagg.message.RoundTraffic;
import ai.cifer.secagg.plan.AggregationPlan;
import ai.cifer.secagg.plan.EncryptionMode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Makes the plan of a configuration for one model.
public final class Planning {
  /// A certificate of this project's authority with a name of ten letters.
  private static final int USUAL_CERTIFICATE_BYTES = 530;

  private static final List<Double> RULES_OF_THUMB = List.of(1.0, 0.5, 0.1, 0.01);

  private final ServerConfig config;
  private final ModelLayout layout;
  private final TrainConfig train;
  private final ModelLayout upload;
  private final String architecture;
  private final List<ModelSummary.TensorSummary> file;
  private final List<Long> examples;
  private final double megabitsPerSecond;
  private final boolean timed;
  private final int certificateBytes;

  /// @param file all tensors of the model file
  /// @param examples of each client; empty if they are not known
  /// @param megabitsPerSecond of every connection, each way
  /// @param timed whether to measure how long the work takes
  /// @param certificateBytes of the coordinator's, if it is there
  /// @throws NodeException if there is no such strategy
  public Planning(
      ServerConfig config,
      ModelLayout layout,
      String architecture,
      List<ModelSummary.TensorSummary> file,
      List<Long> examples,
      double megabitsPerSecond,
      boolean timed,
      Optional<Integer> certificateBytes)
      throws NodeException {
    this.config = config;
    this.layout = layout;
    train = config.train(StrategyChoice.of(config).trainConfig(1));
    upload = train.upload(layout);
    this.architecture = architecture;
    this.file = List.copyOf(file);
    this.examples = List.copyOf(examples);
    this.megabitsPerSecond = megabitsPerSecond;
    this.timed = timed;
    this.certificateBytes = certificateBytes.orElse(USUAL_CERTIFICATE_BYTES);
  }

  /// The plan.
  ///
  /// @throws CommandFailed if the clips do not fit the model
  public PlanDocument document(String file) throws CommandFailed, InterruptedException {
    List<Float> clips = clips();
    AggregationPlan own = plan(config.encryption(), clips);
    List<PlanDocument.Mode> modes = new ArrayList<>();
    @Nullable Speed masks = timed ? Speed.ofMasks(config.profile().parameters()) : null;
    for (EncryptionMode mode : EncryptionMode.values()) {
      modes.add(mode(mode, clips, masks));
    }
    return new PlanDocument(
        file,
        config.encryption().key(),
        new PlanDocument.Model(
            config.model().map(ModelPlace::said).orElse(""),
            GlobalModel.label(architecture),
            layout.parameters(),
            Float.BYTES * layout.parameters(),
            upload.segments(config.segmentParameters()).size()),
        new PlanDocument.Round(
            config.roundClients(),
            config.minClients(),
            config.profile().name(),
            config.profile().parameters().valueBits(),
            config.profile().parameters().fieldBits(),
            config.profile().maxClients(),
            own.weightCap(),
            config.saidClip(),
            config.trust().key(),
            config.partialRounds()),
        beside(),
        new PlanDocument.Assumptions(
            timed ? "measured on this machine, one thread" : "not measured",
            megabitsPerSecond,
            certificateBytes,
            examples.isEmpty() ? "the same for all clients" : "as given"),
        modes,
        accuracy(own),
        smallClients(own),
        tensors(own),
        train.options().buffers().name().toLowerCase(Locale.ROOT).replace('_', '-'),
        buffers(),
        privacy(),
        statistics(),
        kept());
  }

  private List<String> buffers() {
    return file.stream()
        .filter(tensor -> tensor.use().equals(ModelSummary.BUFFER))
        .map(ModelSummary.TensorSummary::name)
        .filter(this::shared)
        .toList();
  }

  /// How many values a column has does not matter here, and only the data say it.
  private PlanDocument.@Nullable Statistics statistics() throws CommandFailed {
    Preprocessing steps = config.preprocessing();
    int missing = Statistics.missing(steps).size();
    if (missing == 0) {
      return null;
    }
    Statistics statistics;
    try {
      statistics =
          Statistics.of(
              steps,
              config.dataset().isPresent()
                  ? Collections.nCopies(missing, 1)
                  : Statistics.namedWidths(steps));
    } catch (IllegalArgumentException unnamed) {
      throw new CommandFailed(
          ExitCode.CONFIG_INVALID, String.valueOf(unnamed.getMessage()), unnamed);
    }
    AggregationPlan plan = plan(config.encryption(), List.of(Statistics.CLIP));
    // Of a mean two measured values are the sum and the count.
    double error = 2 * plan.worstCaseError(0, meanWeight(plan));
    List<PlanDocument.Measured> measured = new ArrayList<>();
    for (Statistics.Part part : statistics.parts()) {
      measured.add(
          new PlanDocument.Measured(
              part.step() + 1,
              steps.steps().get(part.step()).word(),
              part.columns(),
              part.low(),
              part.high(),
              error / (1 - error) * part.half(),
              part.squares() ? part.leastDeviation() : null));
    }
    return new PlanDocument.Statistics(statistics.waves(), measured);
  }

  /// Integers such as counters of batches, and tensors that are tied to another one.
  private List<PlanDocument.Kept> kept() {
    return file.stream()
        .filter(tensor -> !shared(tensor.name()))
        .map(tensor ->
            new PlanDocument.Kept(tensor.name(), tensor.type(), tensor.shape(), tensor.use()))
        .toList();
  }

  /// What the strategy adds to the model, both ways.
  private PlanDocument.Beside beside() {
    return new PlanDocument.Beside(
        config.strategy().name(),
        train.rule().vectors(),
        train.rule().numbers(),
        train.rule().guides(),
        train.rule().remembers(),
        train.uniform());
  }

  private PlanDocument.@Nullable Privacy privacy() {
    return train
        .privacy()
        .map(privacy ->
            new PlanDocument.Privacy(
                privacy.scope().name().toLowerCase(Locale.ROOT),
                privacy.clipNorm(),
                privacy.noiseMultiplier(),
                privacy.sampling(),
                privacy.honest(),
                privacy.epsilon(1),
                privacy.epsilon(config.rounds()),
                privacy.delta(),
                config.rounds(),
                privacy.meanDeviation(summands())))
        .orElse(null);
  }

  private boolean shared(String name) {
    return layout.tensors().stream().anyMatch(tensor -> tensor.name().equals(name));
  }

  private List<Float> clips() throws CommandFailed {
    try {
      return RoundClips.first(
          config.clip(), train, layout, config.profile().parameters().valueBits());
    } catch (IllegalArgumentException unfit) {
      throw new CommandFailed(ExitCode.CONFIG_INVALID, "clip: " + unfit.getMessage(), unfit);
    }
  }

  /// As the coordinator makes it when it opens a round.
  private AggregationPlan plan(EncryptionMode mode, List<Float> clips) {
    long most = examples.stream().mapToLong(Long::longValue).max().orElse(config.weightCap());
    return AggregationPlan.of(
        mode,
        config.quantise() || mode.isProtected(),
        config.profile(),
        clips,
        train.uniform() ? 1 : (int) Math.min(most, config.weightCap()),
        config.segmentParameters());
  }

  private PlanDocument.Mode mode(EncryptionMode mode, List<Float> clips, @Nullable Speed masks) {
    boolean configured = mode == config.encryption();
    WhoOpens opens = WhoOpens.in(mode);
    PlanDocument.WhoOpens who =
        new PlanDocument.WhoOpens(
            opens.update(),
            opens.sum(),
            mode.hasKeyHolder()
                ? "everybody in the federation but the key holder"
                : "everybody in the federation");
    Optional<String> unfit = config.unfit(mode).or(() -> tooLarge(mode));
    if (unfit.isPresent()) {
      return new PlanDocument.Mode(
          mode.key(), configured, unfit.get(), null, null, null, null, null, null, null, who);
    }
    AggregationPlan plan = plan(mode, clips);
    if (mode.scheme().isEmpty()) {
      return mode(plan, configured, who, Bytes.EMPTY, masks);
    }
    try (Speed.SumKey key = Speed.SumKey.of(mode.scheme().get())) {
      @Nullable Speed speed =
          timed ? Speed.of(mode.scheme().get(), key, config.profile().parameters()) : null;
      return mode(plan, configured, who, key.bytes(), speed);
    }
  }

  private Optional<String> tooLarge(EncryptionMode mode) {
    try {
      mode.scheme().ifPresent(scheme -> scheme.requireModel(upload.parameters()));
      return Optional.empty();
    } catch (IllegalArgumentException refused) {
      return Optional.of(String.valueOf(refused.getMessage()));
    }
  }

  private PlanDocument.Mode mode(
      AggregationPlan plan,
      boolean configured,
      PlanDocument.WhoOpens who,
      Bytes sumKey,
      @Nullable Speed speed) {
    int clients = config.roundClients();
    ModeCosts costs =
        new ModeCosts(plan, layout, upload, clients, helpers(plan.mode()), traffic(plan, sumKey));
    return new PlanDocument.Mode(
        plan.mode().key(),
        configured,
        null,
        plan.maxParameters(),
        costs.bytes(),
        costs.memory(),
        costs.disk(),
        costs.seconds(Optional.ofNullable(speed), megabitsPerSecond),
        new PlanDocument.Security(plan.security().bits(), plan.security().source()),
        plan.mode().isProtected()
            ? HelperFigures.of(config.trust(), plan.mode(), helpers(plan.mode()))
            : null,
        who);
  }

  private int helpers(EncryptionMode mode) {
    if (!mode.isProtected()) {
      return 0;
    }
    return mode.hasKeyHolder() ? 1 : Math.min(config.roundClients(), Draw.HELPERS);
  }

  private RoundTraffic traffic(AggregationPlan plan, Bytes sumKey) {
    int helpers = helpers(plan.mode());
    return RoundTraffic.of(
        plan,
        layout,
        architecture,
        train,
        new RoundTraffic.Cast(
            // The authority's fingerprint, and a run's id as the coordinator makes it.
            "f".repeat(64),
            config.run().orElse("20260101-000000-000"),
            "coordinator",
            IntStream.rangeClosed(1, config.roundClients())
                .mapToObj("client-%03d"::formatted)
                .toList(),
            "key-holder",
            certificateBytes),
        helpers == 0 ? 0 : plan.mode().hasKeyHolder() ? 1 : config.trust().threshold(helpers),
        sumKey);
  }

  private double meanWeight(AggregationPlan plan) {
    return examples.stream()
        .mapToDouble(each -> (double) plan.weight(each) / plan.weightCap())
        .average()
        .orElse(1);
  }

  private int summands() {
    return examples.isEmpty() ? config.roundClients() : examples.size();
  }

  private Accuracy accuracy(AggregationPlan plan) {
    double meanWeight = meanWeight(plan);
    double worst = 0;
    double deviation = 0;
    for (int tensor = 0; tensor < layout.tensors().size(); tensor++) {
      worst = Math.max(worst, plan.worstCaseError(tensor, meanWeight));
      deviation = Math.max(deviation, plan.errorDeviation(tensor, summands(), meanWeight));
    }
    return new Accuracy(worst, deviation, meanWeight);
  }

  private List<SmallClient> smallClients(AggregationPlan plan) {
    if (examples.isEmpty()) {
      return RULES_OF_THUMB.stream().map(share -> smallClient(null, share)).toList();
    }
    return examples.stream()
        .distinct()
        .sorted((a, b) -> Long.compare(b, a))
        .map(each -> smallClient(each, (double) plan.weight(each) / plan.weightCap()))
        .toList();
  }

  private SmallClient smallClient(@Nullable Long count, double share) {
    double lost = -Math.log(share) / Math.log(2) + 0.0;
    return new SmallClient(count, share, lost, config.profile().parameters().valueBits() - lost);
  }

  private List<PlanDocument.Tensor> tensors(AggregationPlan plan) {
    double meanWeight = meanWeight(plan);
    List<PlanDocument.Tensor> tensors = new ArrayList<>();
    for (int i = 0; i < layout.tensors().size(); i++) {
      TensorSpec tensor = layout.tensors().get(i);
      tensors.add(
          new PlanDocument.Tensor(
              tensor.name(),
              tensor.shape(),
              tensor.size(),
              plan.clips().get(i),
              plan.step(i),
              plan.worstCaseError(i, meanWeight),
              plan.errorDeviation(i, summands(), meanWeight)));
    }
    return tensors;
  }
}
