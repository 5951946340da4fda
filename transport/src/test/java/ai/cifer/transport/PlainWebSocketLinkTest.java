package ai.cifer.transport;

import org.junit.jupiter.api.Tag;

/// The contract over `ws` where signatures say who is who.
@Tag("slow")
class PlainWebSocketLinkTest extends SignedLinkContract {
  PlainWebSocketLinkTest() {
    super(Port.Admission.SIGNATURE_WITHOUT_TLS, "ws");
  }
}
