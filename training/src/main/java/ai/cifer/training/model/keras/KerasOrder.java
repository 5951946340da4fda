package ai.cifer.training.model.keras;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The order in which each layer comes after its inputs. Keras does not promise one.
///
/// It is the order of whoever goes through the file again and again, and each time takes the layers
/// whose inputs are all taken: a file in order keeps it. It is found in time that is linear in
/// layers and inputs, up to a sort.
final class KerasOrder {

  private final List<String> names;
  private final Map<String, Integer> places = new HashMap<>();

  /// The pass in which a layer is taken.
  private final int[] pass;

  private KerasOrder(Map<String, List<String>> inputs) {
    names = List.copyOf(inputs.keySet());
    for (int i = 0; i < names.size(); i++) {
      places.put(names.get(i), i);
    }
    pass = new int[names.size()];
  }

  /// @param inputs of each layer, in the order of the file
  /// @throws IOException if an input is missing or layers are in a cycle
  static List<String> of(Map<String, List<String>> inputs) throws IOException {
    var order = new KerasOrder(inputs);
    List<Integer> taken = order.taken(inputs);
    return taken.stream()
        .sorted(Comparator.<Integer>comparingInt(i -> order.pass[i]).thenComparingInt(i -> i))
        .map(order.names::get)
        .toList();
  }

  private List<Integer> taken(Map<String, List<String>> inputs) throws IOException {
    int[] waiting = new int[names.size()];
    List<List<Integer>> readers = new ArrayList<>();
    names.forEach(_ -> readers.add(new ArrayList<>()));
    Deque<Integer> ready = new ArrayDeque<>();
    for (int i = 0; i < names.size(); i++) {
      List<String> from = inputs.getOrDefault(names.get(i), List.of());
      for (String input : from) {
        Integer place = places.get(input);
        if (place == null) {
          throw new IOException(
              "inputs of layer %s: %s (expected: layers)".formatted(names.get(i), from));
        }
        readers.get(place).add(i);
      }
      waiting[i] = from.size();
      if (from.isEmpty()) {
        ready.add(i);
      }
    }
    List<Integer> taken = new ArrayList<>();
    while (!ready.isEmpty()) {
      int i = ready.remove();
      taken.add(i);
      for (int reader : readers.get(i)) {
        pass[reader] = Math.max(pass[reader], pass[i] + (i > reader ? 1 : 0));
        if (--waiting[reader] == 0) {
          ready.add(reader);
        }
      }
    }
    for (int i = 0; i < names.size(); i++) {
      if (waiting[i] > 0) {
        throw new IOException(
            "layer %s: in a cycle, or after one (expected: none)".formatted(names.get(i)));
      }
    }
    return taken;
  }
}
