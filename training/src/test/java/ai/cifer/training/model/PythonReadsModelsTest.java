package ai.cifer.training.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.GlobalModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Runs where `python3` (or the program in `CIFER_TEST_PYTHON`) has numpy; safetensors is parsed by
/// numpy alone where its package is missing.
class PythonReadsModelsTest {

  private static final String PYTHON = System.getenv().getOrDefault("CIFER_TEST_PYTHON", "python3");

  private static final String SCRIPT =
      """
      import json, struct, sys
      import numpy as np
      def by_hand(path):
          raw = open(path, 'rb').read()
          n = struct.unpack('<Q', raw[:8])[0]
          header = json.loads(raw[8:8 + n])
          assert header.pop('__metadata__') == {'architecture': 'cnn'}
          return {k: np.frombuffer(raw[8 + n:][slice(*v['data_offsets'])], '<f4').reshape(v['shape'])
                  for k, v in header.items()}
      st = by_hand(sys.argv[1])
      try:
          from safetensors.numpy import load_file
          reference = load_file(sys.argv[1])
          assert st.keys() == reference.keys()
          assert all((st[k] == reference[k]).all() for k in st)
      except ImportError:
          pass
      npz = dict(np.load(sys.argv[2]))
      assert npz.pop('__architecture__').item() == 'cnn'
      assert st.keys() == npz.keys()
      assert all((st[k] == npz[k]).all() and st[k].shape == npz[k].shape for k in st)
      print(st['conv1.weight'].shape, repr(float(st['fc2.weight'][9, 3])))
      """;

  @TempDir Path folder;

  @Test
  void numpyAndSafetensorsReadTheSameValues() throws Exception {
    assumeTrue(run(List.of(PYTHON, "-c", "import numpy")).startsWith("0"), "no numpy");
    GlobalModel model = new Architectures().initialise("cnn", 5);
    try (Tensors tensors = model.tensors()) {
      Path safetensors = folder.resolve("model.safetensors");
      Path npz = folder.resolve("model.npz");
      new SafetensorsFormat().write(model, safetensors);
      new NpzFormat().write(model, npz);
      String printed = run(List.of(PYTHON, "-c", SCRIPT, safetensors.toString(), npz.toString()));
      int last = tensors.layout().tensors().size() - 2;
      int columns = tensors.layout().tensors().get(last).shape().get(1);
      assertThat(printed)
          .isEqualTo("0 (8, 1, 3, 3) " + (double) tensors.values(last)[9 * columns + 3] + "\n");
    }
  }

  private static String run(List<String> command) throws InterruptedException {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.waitFor() + " " + printed;
    } catch (IOException absent) {
      return "absent: " + absent.getMessage();
    }
  }
}
