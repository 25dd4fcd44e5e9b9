"""Where the rows of a cloud are on the page, as functions of its plot."""

PIXEL_OF = """(plot, row) => {
    const {xaxis, yaxis} = plot._fullLayout, trace = plot.data.find(one => one.name === 'rows');
    const k = Array.from(trace.customdata).indexOf(row), box = plot.getBoundingClientRect();
    const scale = box.width / plot.offsetWidth, at = (axis, place) => scale * (axis._offset + axis.l2p(place));
    return [box.x + at(xaxis, trace.x[k]), box.y + at(yaxis, trace.y[k])];
}"""
LONELY = """plot => {
    const {xaxis, yaxis} = plot._fullLayout, trace = plot.data.find(one => one.name === 'rows');
    const at = Array.from(trace.x, (x, k) => [xaxis.l2p(x), yaxis.l2p(trace.y[k])]);
    const marks = plot.data.filter(one => one.type === 'scatter' && one.x && one.xaxis !== 'x3')
        .flatMap(one => Array.from(one.x, (x, k) => [xaxis.l2p(x), yaxis.l2p(one.y[k])]));
    const room = k => Math.min(...[...at.slice(0, k), ...at.slice(k + 1), ...marks].map(([x, y]) =>
        Math.hypot(x - at[k][0], y - at[k][1])));
    const edge = [...at.keys()].sort((k, l) => at[l][0] - at[k][0]).slice(0, 60);
    return trace.customdata[edge.reduce((best, k) => (room(k) > room(best) ? k : best))];
}"""
