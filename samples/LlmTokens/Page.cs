namespace LlmTokens;

/// <summary>The page. The answer's id stands in its address: a reload, or another device, reads the same one.</summary>
internal static class Page
{
    public const string Html = """
        <!doctype html>
        <meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Ask</title>
        <form id="ask"><label>Question <input name="prompt" value="Why a log?"></label> <button>Ask</button> <button type="button" id="stop">Stop</button></form>
        <p id="answer" aria-live="polite"></p>
        <script>
          const answer = document.getElementById('answer');
          let source;
          function read(id) {
            source?.close();
            answer.textContent = '';
            source = new EventSource(`/answers/${id}?lastEventId=earliest`);
            source.onmessage = (event) => { answer.textContent += JSON.parse(event.data); };
            source.addEventListener('siar.closed', () => source.close());
          }
          addEventListener('hashchange', () => read(location.hash.slice(1)));
          if (location.hash) read(location.hash.slice(1));
          document.getElementById('ask').onsubmit = async (event) => {
            event.preventDefault();
            const body = JSON.stringify({ prompt: event.target.prompt.value });
            const asked = await fetch('/answers', { method: 'POST', body, headers: { 'content-type': 'application/json' } });
            location.hash = (await asked.json()).id;
          };
          document.getElementById('stop').onclick = () => fetch(`/answers/${location.hash.slice(1)}/stop`, { method: 'POST' });
        </script>
        """;
}
