namespace Siar.UrlPatterns.Patterns;

/// <summary>
/// Splits a pattern for a whole URL into its components (standard, 1.6). Works on tokens, so that the colon of <c>:name</c> is not taken
/// for that of a port, and looks into no braces.
/// </summary>
internal sealed class ConstructorStringParser
{
    private enum State
    {
        Init,
        Protocol,
        Authority,
        Username,
        Password,
        Hostname,
        Port,
        Pathname,
        Search,
        Hash,
        Done,
    }

    private readonly string _input;
    private readonly IReadOnlyList<Token> _tokens;
    private readonly Func<string, bool> _matchesSpecialScheme;
    private readonly UrlPatternInit _result = new();
    private State _state;
    private int _componentStart;
    private int _index;
    private int _increment;
    private int _groupDepth;
    private int _bracketDepth;
    private bool _isSpecial;

    private ConstructorStringParser(string input, Func<string, bool> matchesSpecialScheme)
    {
        _input = input;
        _tokens = Tokenizer.Lenient(input);
        _matchesSpecialScheme = matchesSpecialScheme;
    }

    /// <summary>The components that the text names.</summary>
    /// <param name="input">The pattern.</param>
    /// <param name="matchesSpecialScheme">Whether a pattern for the protocol matches a special scheme: then a host follows.</param>
    public static UrlPatternInit Parse(string input, Func<string, bool> matchesSpecialScheme) =>
        new ConstructorStringParser(input, matchesSpecialScheme).Run();

    private UrlPatternInit Run()
    {
        for (; _index < _tokens.Count; _index += _increment)
        {
            _increment = 1;
            if (_tokens[_index].Type == TokenType.End)
            {
                if (!AtEnd()) break;
            }
            else if (!SkipGroup())
            {
                Step();
            }
        }

        // Who names no port means the default one.
        if (_result.Hostname is not null) _result[Component.Port] ??= "";
        return _result;
    }

    /// <summary>Handles the end token; false when the work is done.</summary>
    private bool AtEnd()
    {
        switch (_state)
        {
            case State.Init:
                // No protocol was found: a relative pattern.
                Rewind();
                if (Is('#')) ChangeState(State.Hash, 1);
                else if (IsSearchPrefix()) ChangeState(State.Search, 1);
                else ChangeState(State.Pathname, 0);
                return true;
            case State.Authority:
                // No @ was found: there are no credentials.
                RewindTo(State.Hostname);
                return true;
            default:
                ChangeState(State.Done, 0);
                return false;
        }
    }

    /// <summary>Passes over what stands in braces; true when the token was part of that.</summary>
    private bool SkipGroup()
    {
        if (_tokens[_index].Type == TokenType.Open)
        {
            _groupDepth++;
            return true;
        }

        if (_groupDepth == 0) return false;
        if (_tokens[_index].Type != TokenType.Close) return true;
        _groupDepth--;
        return false;
    }

    private void Step()
    {
        switch (_state)
        {
            case State.Init when Is(':'):
                RewindTo(State.Protocol);
                break;
            case State.Protocol when Is(':'):
                EndProtocol();
                break;
            case State.Authority when Is('@'):
                RewindTo(State.Username);
                break;
            case State.Authority when Is('/') || IsSearchPrefix() || Is('#'):
                RewindTo(State.Hostname);
                break;
            case State.Username when Is(':'):
                ChangeState(State.Password, 1);
                break;
            case State.Username or State.Password when Is('@'):
                ChangeState(State.Hostname, 1);
                break;
            case State.Hostname when Is('['):
                _bracketDepth++;
                break;
            case State.Hostname when Is(']'):
                _bracketDepth--;
                break;
            case State.Hostname when Is(':') && _bracketDepth == 0:
                ChangeState(State.Port, 1);
                break;
            case State.Hostname or State.Port when Is('/'):
                ChangeState(State.Pathname, 0);
                break;
            case State.Hostname or State.Port or State.Pathname when IsSearchPrefix():
                ChangeState(State.Search, 1);
                break;
            case State.Hostname or State.Port or State.Pathname or State.Search when Is('#'):
                ChangeState(State.Hash, 1);
                break;
        }
    }

    private void EndProtocol()
    {
        _isSpecial = _matchesSpecialScheme(ComponentString());
        if (Is('/', 1) && Is('/', 2)) ChangeState(State.Authority, 3);
        else ChangeState(_isSpecial ? State.Authority : State.Pathname, 1);
    }

    private void ChangeState(State next, int skip)
    {
        if (ComponentOf(_state) is { } component) _result[component] = ComponentString();
        if (_state != State.Init && next != State.Done) FillGap(next);
        _state = next;
        _index += skip;
        _componentStart = _index;
        _increment = 0;
    }

    /// <summary>What lies between the component that ends and the one that begins is not there, so it is empty.</summary>
    private void FillGap(State next)
    {
        if (_state <= State.Password && next >= State.Port) _result[Component.Hostname] ??= "";
        if (_state <= State.Port && next >= State.Search) _result[Component.Pathname] ??= _isSpecial ? "/" : "";
        if (_state <= State.Pathname && next >= State.Hash) _result[Component.Search] ??= "";
    }

    private void Rewind()
    {
        _index = _componentStart;
        _increment = 0;
    }

    private void RewindTo(State state)
    {
        Rewind();
        _state = state;
    }

    private bool Is(char c, int ahead = 0)
    {
        var token = _tokens[Math.Min(_index + ahead, _tokens.Count - 1)];
        return token.Value.Length == 1 && token.Value[0] == c && token.Type is TokenType.Char or TokenType.EscapedChar or TokenType.InvalidChar;
    }

    /// <summary>A question mark begins the search, unless it makes the group before it optional.</summary>
    private bool IsSearchPrefix()
    {
        if (Is('?')) return true;
        if (_tokens[_index].Value != "?") return false;
        return _index == 0 || _tokens[_index - 1].Type is not (TokenType.Name or TokenType.Regexp or TokenType.Close or TokenType.Asterisk);
    }

    private string ComponentString() =>
        _input[_tokens[Math.Min(_componentStart, _tokens.Count - 1)].Index.._tokens[_index].Index];

    private static Component? ComponentOf(State state) => state switch
    {
        State.Protocol => Component.Protocol,
        State.Username => Component.Username,
        State.Password => Component.Password,
        State.Hostname => Component.Hostname,
        State.Port => Component.Port,
        State.Pathname => Component.Pathname,
        State.Search => Component.Search,
        State.Hash => Component.Hash,
        _ => null,
    };
}
