using Siar.Sockets.Native;

namespace Siar.Sockets.Tests.Transport;

public sealed class SendRingsTests
{
    [Fact]
    public void Where_the_kernel_gives_none_it_is_asked_and_told_once()
    {
        var asked = 0;
        var told = new List<int>();
        using var rings = new SendRings(Refuse, told.Add);

        rings.Rent().ShouldBeNull();
        rings.Rent().ShouldBeNull();

        asked.ShouldBe(1);
        told.ShouldBe([Errno.NotPermitted]);

        SendRing? Refuse(out int error)
        {
            asked++;
            error = Errno.NotPermitted;
            return null;
        }
    }

    [Fact]
    public void A_shortage_passes()
    {
        var asked = 0;
        var told = new List<int>();
        using var rings = new SendRings(Refuse, told.Add);

        rings.Rent().ShouldBeNull();
        rings.Rent().ShouldBeNull();

        asked.ShouldBe(2);
        told.ShouldBeEmpty();

        SendRing? Refuse(out int error)
        {
            asked++;
            error = Errno.TooManyOpen;
            return null;
        }
    }

    [Fact]
    public void Who_wants_none_gets_none_and_is_told_nothing()
    {
        using var rings = SendRings.None();

        rings.Rent().ShouldBeNull();
    }

    [Fact]
    public void A_ring_that_was_given_back_is_used_again_and_never_by_two()
    {
        var refused = 0;
        using var rings = SendRings.OfKernel(error => refused = error);
        var first = rings.Rent();
        var second = rings.Rent();
        if (first is null)
        {
            // This kernel gives none: then it says why.
            refused.ShouldNotBe(0);
            return;
        }

        second.ShouldNotBeSameAs(first);
        rings.Return(first);
        rings.Rent().ShouldBeSameAs(first);
        rings.Return(first);
        rings.Return(second!);
    }

    [Fact]
    public void A_ring_that_comes_back_late_is_let_go_of()
    {
        var rings = SendRings.OfKernel(static _ => { });
        var ring = rings.Rent();
        rings.Dispose();

        rings.Rent().ShouldBeNull();
        if (ring is not null) rings.Return(ring);
    }
}
