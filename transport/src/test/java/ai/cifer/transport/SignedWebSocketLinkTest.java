package ai.cifer.transport;

import org.junit.jupiter.api.Tag;

/// The contract over `wss` where signatures say who is who.
@Tag("slow")
class SignedWebSocketLinkTest extends SignedLinkContract {
  SignedWebSocketLinkTest() {
    super(Port.Admission.SIGNATURE, "wss");
  }
}
