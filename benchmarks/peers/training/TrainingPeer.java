import ai.cifer.fedlearn.train.Dataset.Split;
import ai.cifer.fedlearn.train.TrainConfig;
import ai.cifer.fedlearn.train.Trainer.Progress;
import ai.cifer.training.model.Architectures;
import ai.cifer.training.trainer.DjlTrainerProvider;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/// Trains one epoch for each line that it reads, and prints the seconds of
/// processor time of its thread and of the clock.
class TrainingPeer {

  public static void main(String[] words) throws Exception {
    int batch = Integer.parseInt(words[1]);
    var threads = ManagementFactory.getThreadMXBean();
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try (var trainer =
            new DjlTrainerProvider().open(Optional.of(Path.of(words[0])), Split.TRAIN);
        var tensors = new Architectures().initialise("cnn", 1).tensors()) {
      var model = new ai.cifer.fedlearn.train.GlobalModel("cnn", tensors);
      for (int round = 0; in.readLine() != null; round++) {
        long start = System.nanoTime();
        long cpu = threads.getCurrentThreadCpuTime();
        trainer.train(model, new TrainConfig(0.05, batch, 1, round), Progress.NONE).close();
        System.out.println(
            (threads.getCurrentThreadCpuTime() - cpu) / 1e9
                + " "
                + (System.nanoTime() - start) / 1e9);
      }
    }
  }
}
