package ai.cifer.node.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.cifer.node.NodeException;
import ai.cifer.node.NodeException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/// Configuration files of a test: the keys that a role needs, and what the test says otherwise.
record ConfigText(Path file, Map<String, String> values) {

  /// The least that a coordinator, and with one key more than they need a client or key holder,
  /// must be told. Values are JSON.
  static ConfigText in(Path folder) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("base_api", "\"https://localhost\"");
    values.put("n_round_clients", "4");
    values.put("certfile", "\"certificate.pem\"");
    values.put("keyfile", "\"private_key.pem\"");
    return new ConfigText(folder.resolve("config.json"), values);
  }

  /// The same with a key more, or another value of it.
  ConfigText with(String key, String json) {
    Map<String, String> more = new LinkedHashMap<>(values);
    more.put(key, json);
    return new ConfigText(file, more);
  }

  ConfigText without(String key) {
    Map<String, String> fewer = new LinkedHashMap<>(values);
    fewer.remove(key);
    return new ConfigText(file, fewer);
  }

  /// Writes the file.
  Path write() throws IOException {
    return Files.writeString(
        file,
        values.entrySet().stream()
            .map(entry -> "\"%s\": %s".formatted(entry.getKey(), entry.getValue()))
            .collect(Collectors.joining(",\n  ", "{\n  ", "\n}\n")));
  }

  ServerConfig server() throws IOException, NodeException {
    return ServerConfig.read(write(), Map.of());
  }

  ClientConfig client() throws IOException, NodeException {
    return ClientConfig.read(write(), Map.of());
  }

  KeyHolderConfig keyHolder() throws IOException, NodeException {
    return KeyHolderConfig.read(write(), Map.of());
  }

  /// The message of a refusal, without the file's name that it must begin with.
  String refusal(ThrowingCallable reading) {
    NodeException refused = catchThrowableOfType(NodeException.class, reading);
    assertThat(refused).as("refusal of %s", values).isNotNull();
    assertThat(refused.reason()).isEqualTo(Reason.CONFIG_INVALID);
    String message = String.valueOf(refused.getMessage());
    assertThat(message).startsWith(file + ": ");
    return message.substring((file + ": ").length());
  }
}
