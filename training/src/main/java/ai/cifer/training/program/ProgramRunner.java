package ai.cifer.training.program;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.Dataset;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.Trainer;
import ai.cifer.fedlearn.train.TrainerFailed;
import ai.cifer.fedlearn.train.TrainerProgram;
import ai.cifer.fedlearn.train.TrainerProgramRunner;
import ai.cifer.fedlearn.train.TrainingException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Runs programs of any language as trainers.
public final class ProgramRunner implements TrainerProgramRunner {

  @Override
  public Trainer start(TrainerProgram program, Optional<Path> dataset, Dataset.Split split)
      throws TrainingException {
    return ProgramTrainer.start(program, dataset, split);
  }

  @Override
  public GlobalModel initialise(TrainerProgram program, long seed) throws TrainingException {
    try (Conversation conversation =
            Conversation.start(program, new LinkedHashMap<>(Map.of("purpose", "initialise")));
        WorkFolder work = WorkFolder.under(program.work())) {
      Path out = work.file("initial." + conversation.ready().format());
      Map<String, Object> request = new LinkedHashMap<>();
      request.put("type", "initialise");
      request.put("out", out.toString());
      request.put("seed", Conversation.seed(seed));
      conversation.ask(request, "made a model", Trainer.Progress.NONE);
      try (Tensors values = conversation.result(out).tensors()) {
        Tensors copy = Scratch.create(values.layout(), work.path());
        Scratch.copy(values, 0, copy, 0, values.layout().parameters());
        return new GlobalModel(
            conversation.ready().architecture().orElse(GlobalModel.TENSORS_ONLY), copy);
      }
    } catch (IOException failure) {
      throw new TrainerFailed(
          "trainer: files in %s: %s".formatted(program.work(), failure.getMessage()), failure);
    }
  }
}
