package ai.cifer.node.config;

import ai.cifer.node.NodeException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Where a coordinator's initial model is.
public sealed interface ModelPlace {

  /// The keys that say so.
  Set<String> KEYS = Set.of("model_path", "models_path", "hub_address", "github_address");

  /// Which key names another address of a place that begins so.
  Map<String, String> ADDRESSES = Map.of("hf", "hub_address", "github", "github_address");

  /// A file or folder of this machine.
  record Local(Path path) implements ModelPlace {
    @Override
    public String said() {
      return String.valueOf(path.getFileName());
    }
  }

  /// A place elsewhere.
  ///
  /// @param said `hf:OWNER/NAME@REVISION` or `github:OWNER/REPOSITORY@REVISION:PATH`
  /// @param base the address, instead of the usual one
  /// @param cache where it is kept
  record Remote(String said, Optional<URI> base, Path cache) implements ModelPlace {
    /// Before the colon.
    public String scheme() {
      return said.substring(0, said.indexOf(':'));
    }
  }

  /// What a run's record says of it: no path of this machine.
  String said();

  static Optional<ModelPlace> from(Settings settings) throws NodeException {
    Optional<String> said = settings.text("model_path");
    Path cache = settings.path("models_path", "models");
    for (Map.Entry<String, String> entry : ADDRESSES.entrySet()) {
      Optional<URI> base = settings.address(entry.getValue());
      if (said.isPresent() && said.get().startsWith(entry.getKey() + ":")) {
        return Optional.of(new Remote(said.get(), base, cache));
      }
    }
    return settings.path("model_path").map(Local::new);
  }
}
