using System.Net;
using System.Net.Sockets;

namespace Siar.Tool.Tests;

public sealed class ListeningProcessTests
{
    [Fact]
    public void Who_listens_is_found()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        ListeningProcess.Of(new Uri($"http://127.0.0.1:{port}/")).ShouldBe([Environment.ProcessId]);
    }

    [Fact]
    public void Nobody_is_looked_for_on_another_machine() => ListeningProcess.Of(new Uri("http://192.0.2.1:80/")).ShouldBeEmpty();

    [Theory]
    [InlineData("   0: 0100007F:1D03 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4711 1 0 100 0 0 10 0", "socket:[4711]")]
    [InlineData("   1: 0100007F:1D03 0100007F:9C40 01 00000000:00000000 00:00000000 00000000  1000        0 4712 1 0 20 4 30 10 -1", null)]
    [InlineData("   2: 0100007F:1D04 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4713 1 0 100 0 0 10 0", null)]
    [InlineData("  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode", null)]
    public void A_line_of_the_table_is_a_listening_socket_or_not(string line, string? socket) => ListeningProcess.Inode(line, 7427).ShouldBe(socket);
}
