// rows: which rows of a matrix a group of lanes multiplies with one token, and what the lanes found of them.
// Appended with `lanes` after a kernel that declares WORKGROUP_SIZE, LANES and ROWS.

const MOST_ROWS = 64u;

// Blocks from what a lane takes to what it takes next. One by itself takes two neighbours at once: sums that are found by
// number are slow to come and to go.
override STEP: u32 = select(LANES, 2u, LANES == 1u);

struct Share {
    first: u32,
    rows: u32,
}

// Of `rows` rows. LANES lanes take ROWS, 4 at most; one alone takes what there is for each, MOST_ROWS at most.
fn share(rows: u32, workgroup: vec3<u32>, workgroups: vec3<u32>, invocation: u32) -> Share {
    let group = (workgroup.y * workgroups.x + workgroup.x) * (WORKGROUP_SIZE / LANES) + invocation / LANES;
    if LANES > 1u {
        return Share(group * ROWS, ROWS);
    }
    let groups = workgroups.x * workgroups.y * WORKGROUP_SIZE;
    let each = (rows + groups - 1u) / groups;
    return Share(group * each, each);
}

// What stands in for a second block where a row has none. Said in words: a variable that a loop declares and gives nothing
// was seen to keep what it held the last time round, in Chromium on SwiftShader.
fn nothing() -> Operand {
    return operand(Block());
}

// What a kernel multiplies row by row, the sum so far of each.
alias Sums = array<f32, MOST_ROWS>;

// Makes them the sums of all lanes of a group.
fn add_lanes(sums: ptr<function, Sums>, invocation: u32) {
    if LANES == 1u {
        return;
    }
    let four = lane_sum(vec4((*sums)[0], (*sums)[1], (*sums)[2], (*sums)[3]), invocation);
    (*sums)[0] = four.x;
    (*sums)[1] = four.y;
    (*sums)[2] = four.z;
    (*sums)[3] = four.w;
}
