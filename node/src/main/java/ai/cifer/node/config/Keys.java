package ai.cifer.node.config;

import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/// Joins the key sets of the parts of a configuration.
final class Keys {
  private Keys() {}

  @SafeVarargs
  static Set<String> union(Set<String>... parts) {
    Set<String> all = new TreeSet<>();
    for (Set<String> part : parts) {
      all.addAll(part);
    }
    return Collections.unmodifiableSet(all);
  }
}
