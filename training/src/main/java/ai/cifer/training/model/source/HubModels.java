package ai.cifer.training.model.source;

import ai.cifer.fedlearn.train.ModelSource;
import ai.cifer.fedlearn.train.TrainingException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;

/// Models of a [Hub] in a cache.
public final class HubModels implements ModelSource {

  @Override
  public String scheme() {
    return "hf";
  }

  @Override
  public URI home() {
    return Hub.HUGGING_FACE;
  }

  @Override
  public Path fetch(String place, URI base, Path cache)
      throws TrainingException, InterruptedException {
    try {
      HubSource source = HubSource.parse(place);
      Path folder = cache.resolve(scheme()).resolve(source.repository()).resolve(source.revision());
      try (var _ = CacheLock.of(cache)) {
        if (source.isCommit()) {
          new Hub(base).fetch(source, folder, folder.resolveSibling(source.revision() + ".list"));
        } else {
          new Hub(base).refresh(source, folder);
        }
      }
      return folder;
    } catch (IOException failure) {
      throw new TrainingException("%s: %s".formatted(place, failure.getMessage()), failure);
    }
  }
}
