package ai.cifer.node.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.transport.Envelope;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ControlMessageTest {

  private static Envelope withdraw(String body) {
    return new Envelope("withdraw", "", body.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void whatIsWrittenIsRead() throws IOException {
    var message = new ControlMessage.Report(3, 1.5, 0.25, 10, 20);
    assertThat(ControlMessage.read(message.envelope(), ControlMessage.Report.class))
        .isEqualTo(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "{}",
        "[]",
        "7",
        "{\"round\":1}",
        "{\"reason\":\"x\"}",
        "{\"round\":null,\"reason\":\"x\"}",
        "{\"round\":1,\"reason\":null}",
        "{\"round\":1,\"reason\":{}}",
        "{\"round\":99999999999,\"reason\":\"x\"}",
        "{\"round\":1,\"reason\":\"x\"",
        "\u0000\u0001"
      })
  void whatIsNoMessageIsRefused(String body) {
    assertThatThrownBy(() -> ControlMessage.read(withdraw(body), ControlMessage.Withdraw.class))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("withdraw");
  }

  @Test
  void reasonsAreShortAndPrintable() throws IOException {
    String body =
        "{\"round\":1,\"for_good\":true,\"reason\":\"größe \\u001b[2J\\u202e\\n%s\"}"
            .formatted("x".repeat(5000));
    String reason = ControlMessage.read(withdraw(body), ControlMessage.Withdraw.class).reason();
    assertThat(reason).hasSize(300).startsWith("größe ?[2J??xxx");
  }
}
