using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LockLLM.Gateway.Tests.Proxy.Upstream;

/// <summary>Answers every connection with the same bytes, which need not be HTTP, and closes it.</summary>
internal sealed class RawProvider : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly byte[] _answer;

    public RawProvider(string answer)
    {
        _answer = Encoding.Latin1.GetBytes(answer);
        _listener.Start();
        _ = ServeAsync();
    }

    public string Address => $"http://{_listener.LocalEndpoint}";

    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var socket = await _listener.AcceptSocketAsync();
                var buffer = new byte[16 * 1024];
                await socket.ReceiveAsync(buffer);
                await socket.SendAsync(_answer);
                socket.Shutdown(SocketShutdown.Both);
            }
        }
        catch (Exception over) when (over is SocketException or ObjectDisposedException)
        {
            // The test is over, or the gateway hung up first.
        }
    }
}
