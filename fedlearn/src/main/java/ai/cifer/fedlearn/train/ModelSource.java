package ai.cifer.fedlearn.train;

import java.net.URI;
import java.nio.file.Path;

/// Fetches models from elsewhere; found by `ServiceLoader`, chosen by how a place begins.
public interface ModelSource {

  /// What its places begin with, before a colon: for example `hf` of `hf:OWNER/NAME@REVISION`.
  String scheme();

  /// Where its places are unless an address is named.
  URI home();

  /// Brings the model at `place` under `cache`. What is there already and undamaged is not fetched
  /// again.
  ///
  /// @param place begins with [#scheme()] and a colon
  /// @param base the address instead of [#home()]
  /// @return the model's file or folder
  /// @throws TrainingException if the place is malformed, does not answer, or gives something else
  ///   than it promised
  Path fetch(String place, URI base, Path cache) throws TrainingException, InterruptedException;
}
