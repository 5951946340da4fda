package ai.cifer.homocryption.format;

import ai.cifer.homocryption.codec.FormKind;
import ai.cifer.homocryption.codec.ParameterDigest;

/// A header that passed its checks.
///
/// @param version 1 to the newest that the reader knows
/// @param digest of the parameters or key that the form belongs to
/// @param bodyBytes within the bounds that the reader expects
public record FrameHeader(FormKind kind, int version, ParameterDigest digest, long bodyBytes) {}
