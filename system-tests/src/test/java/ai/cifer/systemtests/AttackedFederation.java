package ai.cifer.systemtests;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.node.Plugins;
import ai.cifer.secagg.message.HelperHello;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

  private final AtomicInteger runs = new AtomicInteger();
  final CuriousCoordinator coordinator;
  final Accomplice accomplice;
  final GlobalModel model;

  /// Starts the clients and waits until they are there.
  AttackedFederation(Federation federation) throws Exception {
    federation.model(Federation.PARAMETERS);
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
      federation.client(client, Map.of(), Map.of("allow_rerun", true));
    }
    for (String client : HONEST) {
      coordinator.awaitJoin(client);
    }
  }

  /// A fair offer of a new run, with fresh keys of all helpers.
  Offer offer() throws InterruptedException {
    String run = "run-" + runs.incrementAndGet();
    List<HelperHello> hellos = new ArrayList<>();
    for (String client : HONEST) {
      hellos.add(coordinator.hello(client, run));
    }
    hellos.add(accomplice.hello(run));
    return coordinator.offer(model, run, hellos);
  }

  /// A round in which everybody has delivered.
  CapturedRound capture(Offer offer) throws Exception {
    return new CapturedRound(coordinator, accomplice, offer, model.tensors());
  }

  @Override
  public void close() throws java.io.IOException {
    Tensors tensors = model.tensors();
    tensors.close();
    accomplice.close();
    coordinator.close();
  }
}
