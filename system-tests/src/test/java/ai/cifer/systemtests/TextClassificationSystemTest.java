package ai.cifer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.training.python.PythonEnvironment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A BERT of Transformers classifies texts in the JVM: tokenized, trained encrypted, and computed by
/// Transformers with the result to the same outputs.
@Tag("slow")
class TextClassificationSystemTest {

  private static final Path TEXTS =
      Cifer.HOME.resolve("training/src/test/resources/fixtures/text");
  private static final List<String> JVM = List.of("-Xmx256m", "-XX:TieredStopAtLevel=1");

  private static final String NETWORK =
      """
      import sys, numpy as np, torch
      from transformers import BertConfig, BertForSequenceClassification

      class Classifier(torch.nn.Module):
          def __init__(self):
              super().__init__()
              self.bert = BertForSequenceClassification(BertConfig(
                  vocab_size=120, hidden_size=16, num_hidden_layers=1, num_attention_heads=2,
                  intermediate_size=32, num_labels=2, max_position_embeddings=16,
                  hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, attn_implementation="eager"))

          def forward(self, tokens):
              tokens = tokens.long()
              return self.bert(tokens, attention_mask=(tokens != 0).long()).logits

      torch.manual_seed(1)
      net = Classifier().eval()
      """;

  private static final String MAKE =
      NETWORK
          + """
          torch.jit.trace(net, torch.ones(2, 8), check_trace=False).save(sys.argv[1] + "/graph.pt")
          torch.save(net.state_dict(), sys.argv[1] + "/state.pt")
          """;

  private static final String COMPARE =
      NETWORK
          + """
          net.load_state_dict(torch.load(sys.argv[1], weights_only=True))
          with torch.no_grad():
              found = net(torch.from_numpy(np.load(sys.argv[2])["x"])).numpy()
          print("apart", np.abs(found - np.load(sys.argv[3])).max() < 1e-5)
          """;

  @RegisterExtension final Federation federation = new Federation();

  @Test
  void aBertIsTrainedInTheJvm() throws Exception {
    PythonEnvironment python =
        PythonEnvironment.of("examples/python/transformers/requirements.txt");
    Path folder = federation.folder();
    python.run("-c", MAKE, folder.toString());
    Path tokens = folder.resolve("tokens.npz");
    run(
        "tokenize",
        "data",
        "tokenize",
        TEXTS.resolve("texts.csv").toString(),
        "--text",
        "note",
        "--label",
        "ill",
        "--classes",
        "no,yes",
        "--tokenizer",
        TEXTS.resolve("tokenizer.json").toString(),
        "--length",
        "8",
        "--out",
        tokens.toString());
    federation.encryption("secure-aggregation");
    Map<String, Object> own =
        new HashMap<>(
            Map.of(
                "trainer",
                "djl",
                "patience",
                30,
                "dataset_path",
                tokens.toString(),
                "graph_path",
                folder.resolve("graph.pt").toString()));
    Map<String, Object> coordinator = new HashMap<>(own);
    coordinator.putAll(
        Map.of(
            "model_path",
            folder.resolve("state.pt").toString(),
            "preprocessing",
            List.of(Map.of("step", "tokens")),
            "n_round_clients",
            3,
            "rounds",
            2,
            "optimiser",
            "adam",
            "local_epochs",
            10,
            "learning_rate",
            0.01));
    Cifer server = federation.server(JVM, coordinator);
    for (int i = 1; i <= 3; i++) {
      String name = "client-" + i;
      federation.start(name, JVM, federation.clientWords(name, Map.of(), own));
    }
    assertThat(server.exitCode()).as(server::report).isZero();

    // Every client has all six texts, so that they can be learnt by heart.
    assertThat(
            federation
                .events("round_completed")
                .getLast()
                .get("metrics")
                .get("accuracy")
                .asDouble())
        .isEqualTo(1);
    Path result = federation.runFolder().resolve("model.pt");
    Path outputs = folder.resolve("outputs.npy");
    run(
        "evaluate",
        "model",
        "evaluate",
        result.toString(),
        "--data",
        tokens.toString(),
        "--config",
        federation.of("coordinator").resolve("server.json").toString(),
        "--outputs",
        outputs.toString());
    assertThat(
            python.run("-c", COMPARE, result.toString(), tokens.toString(), outputs.toString()))
        .contains("apart True");
    assertThat(Files.size(result)).isEqualTo(Files.size(folder.resolve("state.pt")));
  }

  private void run(String name, String... words) throws Exception {
    Cifer command = federation.start(name, JVM, List.of(words));
    assertThat(command.exitCode()).as(command::report).isZero();
  }
}
