package ai.cifer.transport;

import org.junit.jupiter.api.Tag;

/// The contract over `https` where signatures say who is who.
@Tag("slow")
class SignedGrpcLinkTest extends SignedLinkContract {
  SignedGrpcLinkTest() {
    super(Port.Admission.SIGNATURE, "https");
  }
}
