package ai.cifer.secagg;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.TrainConfig;
import ai.cifer.fedlearn.update.ClientUpdate;
import ai.cifer.secagg.client.ClientRole;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.helper.HelperRole;
import ai.cifer.secagg.identity.Enrolment;
import ai.cifer.secagg.identity.NotEnrolled;
import ai.cifer.secagg.identity.Role;
import ai.cifer.secagg.journal.ClientJournal;
import ai.cifer.secagg.journal.HelperJournal;
import ai.cifer.secagg.journal.Journal;
import ai.cifer.secagg.message.HelperHello;
import ai.cifer.secagg.message.Member;
import ai.cifer.secagg.message.RoundOpen;
import ai.cifer.secagg.plan.AggregationPlan;
import ai.cifer.secagg.plan.EncryptionMode;
import ai.cifer.secagg.round.HelperTrust;
import ai.cifer.secagg.round.RoundPolicy;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// Participants with real keys and roles, without processes or links.
public final class TestFederation {
  public static final String NAME = "hospitals";

  /// Blocks of 12,288 values: one tensor ends inside the first block, one spans several.
  public static final ModelLayout LAYOUT =
      new ModelLayout(
          List.of(
              new TensorSpec("conv.weight", List.of(25, 40)),
              new TensorSpec("scale", List.of()),
              new TensorSpec("dense.weight", List.of(270, 130)),
              new TensorSpec("dense.bias", List.of(77))));

  /// Cut so that the model has three segments and blocks of every kind.
  public static final long SEGMENT = 14_000;

  public final TestParticipant coordinator = new TestParticipant("coordinator", Role.COORDINATOR);
  public TestParticipant keyHolder = new TestParticipant("key-holder", Role.KEY_HOLDER);
  public final List<TestParticipant> clients = new ArrayList<>();
  public final Map<String, MemoryJournal> journals = new HashMap<>();
  private final Map<String, HelperRole> helpers = new HashMap<>();
  private final Path spool;

  /// How many clients help in a round without a key holder.
  public int helpingClients = Integer.MAX_VALUE;

  public TestFederation(int clients, Path spool) {
    this.spool = spool;
    for (int i = 0; i < clients; i++) {
      this.clients.add(new TestParticipant("client-%03d".formatted(i), Role.CLIENT));
    }
  }

  /// A journal in memory that outlives the roles, as a file would.
  public static final class MemoryJournal implements Journal {
    private final List<byte[]> entries = new ArrayList<>();

    @Override
    public void append(byte[] entry) {
      entries.add(entry.clone());
    }

    @Override
    public List<byte[]> entries() {
      return List.copyOf(entries);
    }

    @Override
    public void replaceAll(List<byte[]> replacement) {
      List<byte[]> copy = List.copyOf(replacement);
      entries.clear();
      entries.addAll(copy);
    }
  }

  public static RandomGenerator random(long seed) {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }

  public Enrolment enrolment() {
    Map<Member, TestParticipant> known = new HashMap<>();
    known.put(coordinator.member(), coordinator);
    known.put(keyHolder.member(), keyHolder);
    clients.forEach(client -> known.put(client.member(), client));
    return (name, role, certificate) -> {
      TestParticipant found = known.get(new Member(name, role, Bytes.of(certificate)));
      if (found == null) {
        throw new NotEnrolled(name + " as " + role + ": unknown to the authority");
      }
      return found.key();
    };
  }

  public Journal journal(String name) {
    return journals.computeIfAbsent(name, each -> new MemoryJournal());
  }

  public static RoundPolicy policy(EncryptionMode mode) {
    return RoundPolicy.of(NAME, mode).withMinClients(2);
  }

  public ClientRole client(int index, EncryptionMode mode) throws IOException {
    return client(index, policy(mode), false);
  }

  public ClientRole client(int index, RoundPolicy policy, boolean allowRerun) throws IOException {
    TestParticipant self = clients.get(index);
    return new ClientRole(
        self,
        policy,
        enrolment(),
        new ClientJournal(journal(self.name())),
        allowRerun,
        17,
        spool,
        new SecureRandom());
  }

  public HelperRole newHelper(TestParticipant self, RoundPolicy policy) throws IOException {
    Role role = self == keyHolder ? Role.KEY_HOLDER : Role.CLIENT;
    return new HelperRole(
        self,
        role,
        policy,
        enrolment(),
        new HelperJournal(journal("helper-" + self.name())),
        new SecureRandom());
  }

  /// The helper's role, made at first use.
  public HelperRole helper(TestParticipant self, EncryptionMode mode) throws IOException {
    HelperRole known = helpers.get(self.name());
    if (known == null) {
      known = newHelper(self, policy(mode));
      helpers.put(self.name(), known);
    }
    return known;
  }

  /// Who helps in a mode: nobody, the key holder, or all clients.
  public List<TestParticipant> helpersOf(EncryptionMode mode) {
    return switch (mode) {
      case NONE -> List.of();
      case KEY_HOLDER, CKKS, PAILLIER -> List.of(keyHolder);
      case SECURE_AGGREGATION ->
          List.copyOf(clients.subList(0, Math.min(helpingClients, clients.size())));
    };
  }

  public RoundOpen open(AggregationPlan plan, Tensors model, int round, int minClients)
      throws IOException {
    return open(plan, model, "run-1", round, minClients);
  }

  public RoundOpen open(AggregationPlan plan, Tensors model, String run, int round, int minClients)
      throws IOException {
    List<HelperHello> hellos = new ArrayList<>();
    for (TestParticipant helper : helpersOf(plan.mode())) {
      hellos.add(helper(helper, plan.mode()).hello(run, round));
    }
    List<Member> roster = new ArrayList<>();
    clients.forEach(client -> roster.add(client.member()));
    if (plan.mode().hasKeyHolder()) {
      roster.add(keyHolder.member());
    }
    roster.sort(Comparator.comparing(Member::name));
    int threshold = hellos.isEmpty() ? 0 : HelperTrust.MALICIOUS_THIRD.threshold(hellos.size());
    return new RoundOpen(
            NAME,
            run,
            round,
            plan,
            model.layout(),
            Bytes.of(model.digest()),
            "test-net",
            new TrainConfig(0.1, 32, 1, 5),
            RoundOpen.NO_RESULT,
            threshold,
            minClients,
            coordinator.member(),
            roster,
            hellos,
            Bytes.EMPTY)
        .signed(coordinator);
  }

  /// Normal values, a few beyond any clip.
  public static ClientUpdate update(ModelLayout layout, RandomGenerator random, long examples) {
    Tensors delta = Tensors.allocate(layout);
    float[] values = new float[(int) layout.parameters()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (0.05 * random.nextGaussian());
    }
    values[3] = 100;
    values[values.length - 1] = -100;
    delta.write(0, values, values.length);
    return new ClientUpdate(delta, examples);
  }
}
