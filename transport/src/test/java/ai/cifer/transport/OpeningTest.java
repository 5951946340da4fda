package ai.cifer.transport;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.transport.RecordingHandler.Participant;
import ai.cifer.transport.wire.DownloadOpen;
import ai.cifer.transport.wire.DownloadReply;
import ai.cifer.transport.wire.SessionFrame;
import ai.cifer.transport.wire.UploadFrame;
import ai.cifer.transport.wire.UploadReply;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Sessions that do not come about.
@Timeout(60)
class OpeningTest {
  /// Answers pings, as far as anybody asks, and says nothing.
  private static final class Silent implements Calls {
    @Override
    public Pipe<SessionFrame, SessionFrame> session() {
      return new InProcessCall<SessionFrame, SessionFrame>().participant();
    }

    @Override
    public Pipe<UploadReply, UploadFrame> upload() {
      throw new AssertionError();
    }

    @Override
    public Pipe<DownloadReply, DownloadOpen> download(DownloadOpen open) {
      throw new AssertionError();
    }

    @Override
    public ByteString binding() {
      return Statement.UNBOUND;
    }

    @Override
    public void close() {}
  }

  @Test
  void aCoordinatorThatNeverSaysWelcome_isGivenUp() {
    assertThatThrownBy(() ->
            ParticipantLink.open(
                new Silent(), new Introduction(null), new Participant(), Duration.ofMillis(50)))
        .isExactlyInstanceOf(IOException.class)
        .hasMessageContaining("did not let this side in");
  }

  /// It is no fault of whoever is connecting.
  @Test
  void aCoordinatorThatClosesDuringAnOpening_saysThatItCloses() {
    var calls =
        new EndpointCalls(new RecordingHandler(), Doorkeeper.NONE, new Refusals(System::nanoTime));
    var call = new InProcessCall<SessionFrame, SessionFrame>();
    calls.session(new Caller(null, () -> {}), call.coordinator());
    while (calls.figures().sessions() == 0) {
      Thread.onSpinWait();
    }
    calls.close();
    assertThatThrownBy(() -> call.participant().take())
        .isInstanceOf(IOException.class)
        .hasMessage("the coordinator closes");
  }
}
