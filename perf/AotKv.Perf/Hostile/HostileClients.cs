using System.Net.Sockets;
using System.Text;
using AotKv.Perf.Net;

namespace AotKv.Perf.Hostile;

/// <summary>Clients as no client should be. Each runs until it is told to stop, whatever the server does with it.</summary>
internal static class HostileClients
{
    private const int BigValueBytes = 500_000;

    /// <summary>Their names, what they do, and how.</summary>
    public static IReadOnlyList<(string Name, string About, Action<Target, CancellationToken> Run)> All { get; } =
    [
        ("none", "nobody", (_, stop) => stop.WaitHandle.WaitOne()),
        ("never-reads", "100 connections ask for a value of 500,000 bytes again and again and read nothing", NeverRead),
        ("slow", "500 connections send a set of 100,000 bytes, a byte a second each", SendSlowly),
        ("churn", "opened, asked one get, and closed, 10,000 times and more", OpenAndClose),
        ("lengths", "announced lengths of 2 GB, in text and binary, and lines without an end", AnnounceTooMuch),
    ];

    private static void NeverRead(Target target, CancellationToken stop)
    {
        const int Connections = 100;
        const int Pipelined = 1000;
        using var sockets = new SocketSet(target);
        sockets.Open(1);
        sockets.Send(0, Encoding.ASCII.GetBytes($"set big 0 0 {BigValueBytes}\r\n{new string('v', BigValueBytes)}\r\n"), wait: true);
        byte[] requests = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("get big\r\n", Pipelined)));
        sockets.Open(Connections);
        while (!stop.IsCancellationRequested)
        {
            for (int i = 1; i <= Connections; i++)
            {
                sockets.Send(i, requests, wait: false);
            }

            stop.WaitHandle.WaitOne(50);
        }
    }

    private static void SendSlowly(Target target, CancellationToken stop)
    {
        const int Connections = 500;
        byte[] request = Encoding.ASCII.GetBytes($"set slow 0 0 100000\r\n{new string('v', 1000)}");
        using var sockets = new SocketSet(target);
        sockets.Open(Connections);
        for (int at = 0; at < request.Length && !stop.IsCancellationRequested; at++)
        {
            for (int i = 0; i < Connections; i++)
            {
                sockets.Send(i, request.AsSpan(at, 1), wait: false);
            }

            stop.WaitHandle.WaitOne(1000);
        }
    }

    private static void OpenAndClose(Target target, CancellationToken stop)
    {
        byte[] reply = new byte[64];
        while (!stop.IsCancellationRequested)
        {
            try
            {
                using Socket socket = target.Connect();
                socket.Blocking = true;
                socket.ReceiveTimeout = 1000;
                socket.Send("get nothing\r\n"u8);
                socket.Receive(reply);
                socket.LingerState = new LingerOption(true, 0);
            }
            catch (SocketException)
            {
                // Refused: the next one.
            }
        }
    }

    private static void AnnounceTooMuch(Target target, CancellationToken stop)
    {
        byte[] binary = new byte[24 + 8 + 1];
        binary[0] = 0x80;
        binary[1] = 0x01;
        binary[3] = 1;
        binary[4] = 8;
        binary[8] = 0x7f;
        binary[9] = 0xff;
        byte[] filling = new byte[256 << 10];
        Array.Fill(filling, (byte)'v');
        byte[][] beginnings = ["set k 0 0 2147483647\r\n"u8.ToArray(), "ms k 2147483647\r\n"u8.ToArray(), binary, "get "u8.ToArray(), "v"u8.ToArray()];
        using var sockets = new SocketSet(target);
        while (!stop.IsCancellationRequested)
        {
            for (int i = 0; i < beginnings.Length; i++)
            {
                if (!sockets.IsOpen(i))
                {
                    sockets.Reopen(i);
                    sockets.Send(i, beginnings[i], wait: false);
                }

                sockets.Send(i, filling, wait: false);
            }

            stop.WaitHandle.WaitOne(2);
        }
    }
}
