package ai.cifer.transport;

/// What a coordinator's port does, for whoever watches it.
///
/// @param sessions that are open
/// @param streams that are under way
/// @param waitingBytes of envelopes that participants have not read yet
/// @param receivedBytes of streams, since the port was opened
/// @param sentBytes of streams, since the port was opened
/// @param refusals connections, calls and messages that were turned away
public record PortFigures(
    int sessions,
    int streams,
    long waitingBytes,
    long receivedBytes,
    long sentBytes,
    long refusals) {}
