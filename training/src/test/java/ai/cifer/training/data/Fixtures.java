package ai.cifer.training.data;

import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Objects;

/// Files that Python's numpy and safetensors made; `make_fixtures.py` beside them says how.
public final class Fixtures {

  private Fixtures() {}

  public static Path file(String name) {
    URL url = Objects.requireNonNull(Fixtures.class.getResource("/fixtures/" + name), name);
    try {
      return Path.of(url.toURI());
    } catch (URISyntaxException malformed) {
      throw new IllegalStateException(name, malformed);
    }
  }
}
