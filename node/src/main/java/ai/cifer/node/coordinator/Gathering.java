package ai.cifer.node.coordinator;

import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.fedlearn.round.RoundEvent;
import ai.cifer.fedlearn.round.RoundMachine;
import ai.cifer.fedlearn.round.RoundPlan;
import ai.cifer.node.identity.CertificateEnrolment;
import ai.cifer.node.identity.Role;
import ai.cifer.node.wire.ControlMessage;
import ai.cifer.secagg.identity.NotEnrolled;
import ai.cifer.secagg.plan.EncryptionMode;
import java.security.cert.CertificateEncodingException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.random.RandomGeneratorFactory;

/// How clients and helpers come together for a round, until it opens.
final class Gathering {

  private static final System.Logger LOG = System.getLogger(Gathering.class.getName());

  /// A pause so long is worth a word.
  private static final long QUIET_NANOS = 500_000_000;

  private final Coordinator coordinator;
  private final RoundSetting setting;
  private final RoundMachine machine;
  private final Consumer<RoundEvent> accept;

  /// Those that may be in the round: where clients help one another, those that were asked for a
  /// key.
  private final SortedMap<String, Seat> seats = new TreeMap<>();

  /// More clients than the round takes; they come in where others leave.
  private final Deque<Seat> reserve = new ArrayDeque<>();

  private long lastArrivalNanos = System.nanoTime();
  private boolean waitingTold;

  /// @param accept takes in an event of the phase machine
  Gathering(
      Coordinator coordinator,
      RoundSetting setting,
      RoundMachine machine,
      Consumer<RoundEvent> accept) {
    this.coordinator = coordinator;
    this.setting = setting;
    this.machine = machine;
    this.accept = accept;
  }

  private EncryptionMode mode() {
    return setting.config().encryption();
  }

  /// Takes in those that are there.
  void begin() {
    List<Seat> clients = new ArrayList<>(coordinator.joined(Role.CLIENT));
    // More clients than the round takes: each has the same chance.
    Collections.shuffle(
        clients,
        RandomGeneratorFactory.of("L64X128MixRandom")
            .create(31 * setting.config().seed() + setting.round()));
    coordinator.joined(Role.KEY_HOLDER).forEach(this::joined);
    clients.forEach(this::joined);
  }

  /// Everybody that may be in the round, by name.
  SortedMap<String, Seat> seats() {
    return seats;
  }

  void joined(Seat seat) {
    if (!enrolled(seat)) {
      return;
    }
    switch (seat.participant.role()) {
      case CLIENT -> clientJoined(seat);
      case KEY_HOLDER -> {
        if (mode().hasKeyHolder()) {
          askForKey(seat);
        }
      }
      case COORDINATOR -> throw new IllegalStateException("the roster admits no coordinator");
    }
  }

  /// A certificate may have expired since its owner connected; everybody else would refuse a roster
  /// with it.
  private boolean enrolled(Seat seat) {
    try {
      setting
          .enrolment()
          .key(
              seat.name(),
              CertificateEnrolment.protocolRole(seat.participant.role()),
              seat.participant.certificate().getEncoded());
      return true;
    } catch (NotEnrolled | CertificateEncodingException refused) {
      seat.session.close(String.valueOf(refused.getMessage()));
      return false;
    }
  }

  private void clientJoined(Seat seat) {
    if (seat.examples() < 1) {
      LOG.log(System.Logger.Level.WARNING, "{0} has no examples", seat.name());
      return;
    }
    if (mode() != EncryptionMode.SECURE_AGGREGATION) {
      seats.put(seat.name(), seat);
      ready(new RoundEvent.ClientReady(seat.name()));
    } else if (seats.size() < machine.plan().clients().max() || seats.containsKey(seat.name())) {
      askForKey(seat);
    } else {
      reserve.add(seat);
    }
  }

  private void askForKey(Seat seat) {
    lastArrivalNanos = System.nanoTime();
    seats.put(seat.name(), seat);
    seat.session.send(
        new ControlMessage.HelloRequest(
                setting.federation(), setting.folder().run(), setting.round())
            .envelope());
  }

  private void ready(RoundEvent event) {
    if (machine.changes(event)) {
      lastArrivalNanos = System.nanoTime();
      accept.accept(event);
    }
  }

  /// A helper gave its key; one that is a client too is ready as both. First as a client: a helper
  /// must not be in a round in which it is nothing else.
  void helperReady(Seat seat) {
    if (mode() == EncryptionMode.SECURE_AGGREGATION) {
      if (!seats.containsKey(seat.name())) {
        return;
      }
      ready(new RoundEvent.ClientReady(seat.name()));
    }
    ready(new RoundEvent.HelperReady(seat.name()));
  }

  void left(String name, String reason) {
    seats.remove(name);
    reserve.removeIf(seat -> seat.name().equals(name));
    accept.accept(new RoundEvent.ClientWithdrew(name, reason));
    accept.accept(new RoundEvent.HelperLost(name, reason));
    Optional.ofNullable(reserve.poll()).ifPresent(this::clientJoined);
  }

  /// Applies the liveness rule.
  void tick() {
    long quiet = System.nanoTime() - lastArrivalNanos;
    String missing = missing();
    if (!waitingTold && quiet > QUIET_NANOS) {
      waitingTold = true;
      setting.listener().on(new RunEvent.Waiting(setting.round(), missing));
    }
    if (quiet < setting.config().patience().toNanos()) {
      return;
    }
    // A first round waits for participants however long they take to start; a later one has lost
    // them.
    if (machine.clients().size() >= machine.plan().clients().min()
        && machine.helpers().size() >= machine.plan().helpers().min()) {
      accept.accept(new RoundEvent.GatheringEnded());
    } else if (setting.round() > 1) {
      accept.accept(new RoundEvent.RoundStopped("too few participants came back: " + missing));
    }
    lastArrivalNanos = System.nanoTime();
  }

  private String missing() {
    RoundPlan plan = machine.plan();
    int clients = machine.clients().size();
    String helpers =
        mode().hasKeyHolder() && machine.helpers().isEmpty()
            ? "; the key holder is missing (start it with: cifer key-holder --config FILE)"
            : "";
    return "clients: %d of %d (needed: %d)%s"
        .formatted(clients, plan.clients().max(), plan.clients().min(), helpers);
  }
}
