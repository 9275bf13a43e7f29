using System.Runtime.InteropServices;

namespace AotKv.Process;

/// <summary>Waits for the signals that stop the server; those that would kill it without need are taken and ignored.</summary>
internal sealed class StopSignals : IDisposable
{
    private const int InterruptNumber = 2; // SIGINT of Linux
    private const PosixSignal UserSignal1 = (PosixSignal)10; // SIGUSR1 of Linux
    private const PosixSignal BrokenPipe = (PosixSignal)13; // SIGPIPE of Linux

    private readonly ManualResetEventSlim _stop = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private volatile bool _graceful;

    public StopSignals()
    {
        if (OperatingSystem.IsLinux())
        {
            // A shell script starts its background programs with interrupts ignored, and the framework would leave them so.
            ProcessCalls.TakeSignal(InterruptNumber);
        }

        Register(PosixSignal.SIGTERM, () => Request(graceful: false));
        Register(PosixSignal.SIGINT, () => Request(graceful: false));
        Register(PosixSignal.SIGHUP, () => HangUp?.Invoke());
        if (OperatingSystem.IsLinux())
        {
            Register(UserSignal1, () => Request(graceful: true));
            Register(BrokenPipe, () => { });
        }
    }

    /// <summary>What SIGHUP does; nothing by default.</summary>
    public Action? HangUp { get; set; }

    /// <summary>Whether the stop was asked for by SIGUSR1 or <c>shutdown graceful</c>.</summary>
    public bool IsGraceful => _graceful;

    /// <summary>Ends <see cref="Wait"/>.</summary>
    public void Request(bool graceful)
    {
        _graceful |= graceful;
        _stop.Set();
    }

    public void Wait() => _stop.Wait();

    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _stop.Dispose();
    }

    private void Register(PosixSignal signal, Action action) =>
        _registrations.Add(PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            action();
        }));
}
