using Siar.Wire;

namespace Siar.Client;

/// <summary>The text of event types. A stream has few of them, and each is made into a string only once while it stays in use.</summary>
internal sealed class TypeNames
{
    private const int Kept = 8;

    private byte[][] _bytes = [];
    private string[] _texts = [];
    private int _count;
    private int _oldest;

    public string TextOf(in SseMessage message)
    {
        if (message.Type.SequenceEqual("message"u8)) return "message";
        for (var i = 0; i < _count; i++)
        {
            if (message.Type.SequenceEqual(_bytes[i])) return _texts[i];
        }

        if (_count == 0) (_bytes, _texts) = (new byte[Kept][], new string[Kept]);
        var text = message.DecodeType();
        _bytes[_oldest] = message.Type.ToArray();
        _texts[_oldest] = text;
        _oldest = (_oldest + 1) % Kept;
        _count = Math.Min(_count + 1, Kept);
        return text;
    }
}
