package ai.cifer.systemtests;

import com.sun.jdi.AbsentInformationException;
import com.sun.jdi.Bootstrap;
import com.sun.jdi.Location;
import com.sun.jdi.VMDisconnectedException;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.Connector;
import com.sun.jdi.connect.IllegalConnectorArgumentsException;
import com.sun.jdi.connect.ListeningConnector;
import com.sun.jdi.event.BreakpointEvent;
import com.sun.jdi.event.ClassPrepareEvent;
import com.sun.jdi.event.Event;
import com.sun.jdi.event.EventSet;
import com.sun.jdi.event.VMStartEvent;
import com.sun.jdi.request.ClassPrepareRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Halts all threads of a process, by the debugger's interface, when one of its methods is about to
/// return for the first time: what the method does is done, and nothing after it. Whoever kills the
/// process then has made it crash at exactly that point.
///
/// The processes are the packaged command as users run it: it has no hook for this.
final class Halt implements AutoCloseable {
  private static final long LONGEST_SECONDS = 90;

  private final ListeningConnector connector;
  private final Map<String, Connector.Argument> arguments;
  private final String address;
  private final String type;
  private final String method;
  private final CompletableFuture<Void> halted = new CompletableFuture<>();

  /// @param type the name of a class
  /// @param method the name of a method of it that returns nothing
  Halt(String type, String method) throws IOException {
    this.type = type;
    this.method = method;
    connector =
        Bootstrap.virtualMachineManager().listeningConnectors().stream()
            .filter(each -> each.name().equals("com.sun.jdi.SocketListen"))
            .findFirst()
            .orElseThrow();
    arguments = connector.defaultArguments();
    argument("localAddress").setValue("127.0.0.1");
    argument("port").setValue("0");
    argument("timeout").setValue(Long.toString(TimeUnit.SECONDS.toMillis(LONGEST_SECONDS)));
    try {
      address = connector.startListening(arguments);
    } catch (IllegalConnectorArgumentsException impossible) {
      throw new IllegalStateException("the connector's own arguments", impossible);
    }
    Thread.ofPlatform().daemon().name("halt").start(this::watch);
  }

  private Connector.Argument argument(String name) {
    Connector.Argument argument = arguments.get(name);
    if (argument == null) {
      throw new IllegalStateException("the connector has no argument " + name);
    }
    return argument;
  }

  /// The flags of the virtual machine of the one process that is to halt.
  List<String> flags() {
    List<String> flags = new ArrayList<>(Cifer.small(64));
    flags.add("-agentlib:jdwp=transport=dt_socket,server=n,suspend=y,address=" + address);
    return flags;
  }

  private void watch() {
    try {
      VirtualMachine machine = connector.accept(arguments);
      ClassPrepareRequest prepared = machine.eventRequestManager().createClassPrepareRequest();
      prepared.addClassFilter(type);
      prepared.enable();
      while (true) {
        EventSet events = machine.eventQueue().remove();
        for (Event event : events) {
          switch (event) {
            case VMStartEvent _ -> {}
            case ClassPrepareEvent ready -> breakAtTheEnd(machine, ready);
            case BreakpointEvent _ -> {
              halted.complete(null);
              return;
            }
            default -> throw new IllegalStateException("event: " + event);
          }
        }
        events.resume();
      }
    } catch (IOException
        | IllegalConnectorArgumentsException
        | AbsentInformationException
        | InterruptedException
        | VMDisconnectedException
        | IllegalStateException failure) {
      halted.completeExceptionally(failure);
    }
  }

  private void breakAtTheEnd(VirtualMachine machine, ClassPrepareEvent ready)
      throws AbsentInformationException {
    // The last line is the brace, whose code is the return.
    Location end =
        ready.referenceType().methodsByName(method).getFirst().allLineLocations().getLast();
    machine.eventRequestManager().createBreakpointRequest(end).enable();
  }

  /// Waits until the process stands still.
  void await() throws InterruptedException {
    try {
      halted.get(LONGEST_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException failure) {
      throw new AssertionError("%s.%s did not return".formatted(type, method), failure);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      connector.stopListening(arguments);
    } catch (IllegalConnectorArgumentsException impossible) {
      throw new IllegalStateException("the connector's own arguments", impossible);
    }
  }
}
