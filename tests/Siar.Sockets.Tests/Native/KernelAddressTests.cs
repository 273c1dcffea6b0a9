using System.Net;
using Siar.Sockets.Native;

namespace Siar.Sockets.Tests.Native;

public sealed class KernelAddressTests
{
    [Theory]
    [InlineData("127.0.0.1", 1)]
    [InlineData("203.0.113.7", 65_535)]
    [InlineData("::1", 8_080)]
    [InlineData("2001:db8::42", 443)]
    [InlineData("::ffff:198.51.100.9", 7_427)]
    [InlineData("fe80::1%3", 80)]
    public void An_address_is_what_the_kernel_wrote(string address, int port)
    {
        var expected = new IPEndPoint(IPAddress.Parse(address), port);

        // The framework writes addresses as the kernel does.
        var written = expected.Serialize();

        KernelAddress.Read(written.Buffer.Span[..written.Size]).ShouldBe(expected);
    }

    [Fact]
    public void A_Unix_socket_and_what_is_cut_off_have_no_address_of_IP()
    {
        KernelAddress.Read([1, 0]).ShouldBeNull();
        KernelAddress.Read([1, 0, (byte)'/', (byte)'x', 0]).ShouldBeNull();
        KernelAddress.Read([]).ShouldBeNull();
        KernelAddress.Read([2]).ShouldBeNull();
        KernelAddress.Read([2, 0, 0, 80, 127]).ShouldBeNull();
        KernelAddress.Read([10, 0, 0, 80, 0, 0, 0, 0, 1]).ShouldBeNull();
    }
}
