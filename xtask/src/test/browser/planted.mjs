// Pages with planted faults, each of which must be found: a check that never finds a fault proves
// nothing.

export const PLANTED = {
  'reading.html': `<!doctype html><html lang="en"><head><title>planted</title></head><body><header><nav style="display:flex;width:60px"><a href="#c">Over the lines</a></nav></header><main><h1>Planted</h1>
<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw="><p style="color:#bbb;background:#fff">pale</p>
<svg width="60" height="20" class="plot"><text y="9" font-size="7">tiny</text></svg><div style="width:1900px">wide</div>
<a href="#a" style="font-size:9px;position:absolute;left:0;top:300px">x</a><a href="#b" style="font-size:9px;position:absolute;left:9px;top:300px">y</a>
<button style="width:20px;height:20px;padding:0">b</button></main></body></html>`,
  'noise.html': `<!doctype html><html lang="en"><head><title>planted</title></head><body><h1>Planted</h1>
<img alt="" src="http://127.0.0.1:9/elsewhere.png"><img alt="" src="a.png"><img alt="" src="b.png"><script>console.error('planted noise'); alert('planted alert'); throw new Error('planted error')</script></body></html>`,
  'policy.html': `<!doctype html><html lang="en"><head><title>planted</title><meta http-equiv="Content-Security-Policy" content="default-src 'self'"></head><body><h1 style="color:red">Planted</h1></body></html>`,
  'plain.html': `<!doctype html><html lang="en"><head><title>planted</title><style>@keyframes turn{to{rotate:1turn}} h1{animation:turn 1s} .scroll{overflow-x:auto} body{background:#111} @media print{h1{display:none}}</style></head>
<body><main><h1>Planted</h1><svg class="plot" width="9" height="9" aria-label="planted chart"></svg><button class="copy">does nothing</button><div class="scroll"><table><tr><td>1</td></tr></table></div></main>
<script>document.querySelector('main').append('added'); document.querySelector('tr').append('more')</script></body></html>`,
};

// The faults that each check must find, as parts of its messages.
export const WANTED = {
  accessible: ['image-alt', 'color-contrast', 'target-size'],
  large: ['chart text below', 'control below'],
  named: ['chart without a name', 'charts without numbers'],
  overflowing: ['px wider than', 'breaks over lines'],
  quiet: ['planted noise', 'planted alert', 'planted error', 'requests http', '4 requests'],
  policy: ['policy: style-src'],
  whole: ['chart without a path', 'control without a function'],
  same: ['only with the script', 'the text differs'],
  printable: ['printed control', 'heading is not printed', 'cut off', 'dark ground'],
  still: ['moves in spite of'],
  palette: ['contrast of more on ground', 'more and second are', 'under deuteranopia'],
};
