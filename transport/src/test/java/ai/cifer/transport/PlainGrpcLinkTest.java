package ai.cifer.transport;

import org.junit.jupiter.api.Tag;

/// The contract over `http` where signatures say who is who.
@Tag("slow")
class PlainGrpcLinkTest extends SignedLinkContract {
  PlainGrpcLinkTest() {
    super(Port.Admission.SIGNATURE_WITHOUT_TLS, "http");
  }
}
