package ai.cifer.systemtests;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.node.Plugins;
import ai.cifer.secagg.message.HelperHello;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/// Three real clients, a malicious coordinator and its accomplice `client-4`: with c = 4 and t = 3
/// that is as many traitors as the protocol withstands. The processes serve all tests of a class;
/// each test has a run of its own.
final class AttackedFederation implements AutoCloseable {
  static final String ONE = "client-1";
  static final String TWO = "client-2";
  static final String THREE = "client-3";
  static final String TRAITOR = "client-4";
  static final List<String> HONEST = List.of(ONE, TWO, THREE);

  private static final Map<String, Object> CONSENTING = Map.of("allow_rerun", true);

  private final Federation federation;
  private final AtomicInteger runs = new AtomicInteger();
  private final Map<String, Cifer> clients = new HashMap<>();
  final CuriousCoordinator coordinator;
  final Accomplice accomplice;
  final GlobalModel model;

  /// Starts the clients and waits until they are there.
  AttackedFederation(Federation federation) throws Exception {
    this(federation, Federation.PARAMETERS);
  }

  AttackedFederation(Federation federation, long parameters) throws Exception {
    this.federation = federation;
    federation.model(parameters);
    federation.encryption("secure-aggregation");
    Path file = federation.folder().resolve("model.safetensors");
    model = Plugins.format(file).read(file);
    Path values = federation.folder().resolve("values.f32");
    Files.write(values, model.tensors().bytes().toArray(ValueLayout.JAVA_BYTE));
    coordinator = new CuriousCoordinator(federation.of("coordinator"), values);
    accomplice = new Accomplice(federation.of(TRAITOR));
    coordinator.enlist(accomplice.participant());
    federation.port(coordinator.port());
    for (String client : HONEST) {
      start(client, Cifer.small(64), Map.of());
    }
    for (String client : HONEST) {
      coordinator.awaitJoin(client);
    }
  }

  private void start(String client, List<String> jvm, Map<String, ?> keys) throws IOException {
    Map<String, Object> all = new HashMap<>(CONSENTING);
    all.putAll(keys);
    clients.put(
        client, federation.start(client, jvm, federation.clientWords(client, Map.of(), all)));
  }

  /// The process of a client.
  Cifer process(String client) {
    return Optional.ofNullable(clients.get(client)).orElseThrow();
  }

  /// Kills clients' processes, if they still live, and starts them again on what is on their disks.
  void restart(String... names) throws Exception {
    restart(Cifer.small(64), Map.of(), names);
  }

  /// @param jvm flags of the virtual machine
  /// @param keys of the clients' files, besides those that every client has here
  void restart(List<String> jvm, Map<String, ?> keys, String... names) throws Exception {
    for (String name : names) {
      Cifer before = process(name);
      before.kill();
      before.exitCode();
      coordinator.awaitGone(name);
      start(name, jvm, keys);
    }
    for (String name : names) {
      coordinator.awaitJoin(name);
    }
  }

  /// A fair offer of the first round of a new run, with fresh keys of all helpers.
  Offer offer() throws InterruptedException {
    return offer("run-" + runs.incrementAndGet(), 1);
  }

  Offer offer(String run, int round) throws InterruptedException {
    List<HelperHello> hellos = new ArrayList<>();
    for (String client : HONEST) {
      hellos.add(coordinator.hello(client, run, round));
    }
    hellos.add(accomplice.hello(run, round));
    Offer offer = coordinator.offer(model, run, hellos);
    offer.round = round;
    return offer;
  }

  /// A round in which everybody has delivered.
  CapturedRound capture(Offer offer) throws Exception {
    return new CapturedRound(coordinator, accomplice, offer, model.tensors());
  }

  @Override
  public void close() throws IOException {
    Tensors tensors = model.tensors();
    tensors.close();
    accomplice.close();
    coordinator.close();
  }
}
