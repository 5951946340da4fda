package ai.cifer.training.program;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.GlobalModel;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// A program that trains, and one for each way to do it wrong. It adds to every value a number that
/// it derives from the seed, and counts its starts in the file `starts` of its folder.
///
/// The first argument is how it behaves.
final class ScriptedProgram {

  private final String behaviour;
  private final int starts;

  private ScriptedProgram(String behaviour, int starts) {
    this.behaviour = behaviour;
    this.starts = starts;
  }

  public static void main(String[] args) throws Exception {
    Path count = Path.of("starts");
    int starts = Files.exists(count) ? Integer.parseInt(Files.readString(count)) + 1 : 1;
    Files.writeString(count, Integer.toString(starts));
    new ScriptedProgram(args[0], starts).run();
  }

  private void run() throws Exception {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      JsonNode request = ChildMessage.JSON.readTree(line);
      switch (request.get("type").asString()) {
        case "hello" -> hello();
        case "stop" -> {
          if (behaves("ignores-stop")) {
            hang();
          }
          return;
        }
        case "evaluate" -> evaluate();
        default -> train(request);
      }
    }
  }

  private boolean behaves(String word) {
    return behaviour.equals(word);
  }

  private void hello() throws Exception {
    switch (behaviour) {
      case "prints-first" -> say("loading data");
      case "dies-at-once" -> {
        System.err.println("ModuleNotFoundError: No module named 'numpy'");
        System.exit(1);
      }
      case "silent" -> hang();
      case "version-2" -> say("{\"type\":\"ready\",\"protocol\":2,\"examples\":7}");
      case "long-line" -> say("x".repeat(OutputLines.MOST_BYTES + 1));
      case "endless-line" -> {
        while (true) {
          System.out.print("x".repeat(1000));
        }
      }
      case "no-examples" -> say("{\"type\":\"ready\",\"protocol\":1}");
      case "format" ->
          say("{\"type\":\"ready\",\"protocol\":1,\"examples\":7,\"format\":\"pickle\"}");
      case "npz" -> say("{\"type\":\"ready\",\"protocol\":1,\"examples\":7,\"format\":\"npz\"}");
      case "floods-errors" -> {
        for (int i = 0; i < 20_000; i++) {
          System.err.println("warning ".repeat(125));
        }
        say("{\"type\":\"ready\",\"protocol\":1,\"examples\":7}");
      }
      case "environment" -> {
        System.getenv().keySet().stream().sorted().forEach(System.err::println);
        say("{\"type\":\"ready\",\"protocol\":1,\"examples\":7}");
      }
      case "local" ->
          say("{\"type\":\"ready\",\"protocol\":1,\"examples\":7,\"local\":[\"bn.*\"]}");
      case "local-unknown" ->
          say("{\"type\":\"ready\",\"protocol\":1,\"examples\":7,\"local\":[\"norm.*\"]}");
      case "progress-first" -> {
        say("{\"type\":\"progress\"}");
        say("{\"type\":\"ready\",\"protocol\":1,\"examples\":7,\"new_member\":[{}]}");
      }
      default -> say("{\"type\":\"ready\",\"protocol\":1,\"examples\":7}");
    }
  }

  private void evaluate() {
    say(
        behaves("no-accuracy")
            ? "{\"type\":\"done\",\"metrics\":{\"loss\":0.5}}"
            : "{\"type\":\"done\",\"metrics\":{\"loss\":0.5,\"accuracy\":0.75}}");
  }

  private void train(JsonNode request) throws Exception {
    switch (behaviour) {
      case "dies" -> System.exit(3);
      case "dies-once" -> {
        if (starts == 1) {
          System.err.println("out of memory");
          System.exit(137);
        }
      }
      case "closes-output" -> {
        System.out.close();
        hang();
      }
      case "hangs" -> hang();
      case "hangs-with-child" -> {
        Process child = new ProcessBuilder("sleep", "1000").start();
        Files.writeString(Path.of("grandchild"), Long.toString(child.pid()));
        say("{\"type\":\"progress\",\"done\":1,\"total\":2}");
        hang();
      }
      case "leaves-child" -> {
        Process child = new ProcessBuilder("sleep", "1000").start();
        Files.writeString(Path.of("grandchild"), Long.toString(child.pid()));
      }
      case "fails" -> {
        say("{\"type\":\"failed\",\"message\":\"labels 12 of 10\\u001b[31m\"}");
        return;
      }
      case "text" -> say("epoch 1 of 3");
      case "array" -> say("[1]");
      case "deep" -> say("[".repeat(1000));
      case "ready-twice" -> say("{\"type\":\"ready\",\"protocol\":1,\"examples\":7}");
      case "metric-text" -> say("{\"type\":\"done\",\"metrics\":{\"loss\":\"low\"}}");
      case "examples-negative" -> say("{\"type\":\"done\",\"examples\":-1}");
      case "progress-text" -> say("{\"type\":\"progress\",\"done\":\"half\"}");
      default -> say("{\"type\":\"progress\",\"done\":1,\"total\":2}");
    }
    write(request);
    say("{\"type\":\"done\",\"examples\":5,\"metrics\":{\"loss\":0.25}}");
    if (behaves("speaks-unasked")) {
      say("{\"type\":\"done\"}");
    }
  }

  private void write(JsonNode request) throws Exception {
    Path out = Path.of(request.get("out").asString());
    switch (behaviour) {
      case "no-file" -> {
        return;
      }
      case "truncated" -> {
        Files.write(out, new byte[] {1, 2, 3});
        return;
      }
      default -> {
        // A model is written below.
      }
    }
    GlobalModel model = ProgramFiles.read(Path.of(request.get("model").asString()));
    try (Tensors global = model.tensors();
        Tensors own = Tensors.allocate(layout(global.layout()))) {
      float step = request.get("seed").asLong() % 1000 + 1;
      for (long at = 0;
          at < Math.min(global.layout().parameters(), own.layout().parameters());
          at++) {
        float value = global.get(at) + step;
        own.write(at, new float[] {behaves("nan") && at == 1 ? Float.NaN : value}, 1);
      }
      ProgramFiles.write(new GlobalModel(model.architecture(), own), out);
    }
  }

  private ModelLayout layout(ModelLayout global) {
    List<TensorSpec> tensors = global.tensors();
    return switch (behaviour) {
      case "shape" -> new ModelLayout(List.of(new TensorSpec("w", List.of(4)), tensors.get(1)));
      case "missing" -> new ModelLayout(tensors.subList(0, 1));
      case "extra" ->
          new ModelLayout(
              List.of(tensors.get(0), tensors.get(1), new TensorSpec("head", List.of(1))));
      default -> global;
    };
  }

  private static void hang() throws IOException {
    while (System.in.read() >= 0) {
      // Until the client is gone.
    }
    while (true) {
      java.util.concurrent.locks.LockSupport.park();
    }
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
