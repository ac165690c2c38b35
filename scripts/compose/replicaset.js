// Makes the replica set of compose.yaml and the program's account. Running it again
// changes nothing but the account's password, which follows the environment.
const { MONGO_ROOT_PASSWORD, MONGO_PASSWORD } = process.env;
const members = ["mongo1:27017", "mongo2:27017", "mongo3:27017"];
const root = `root:${encodeURIComponent(MONGO_ROOT_PASSWORD)}`;

const first = connect(`mongodb://${root}@${members[0]}/admin?directConnection=true`);
try {
  first.adminCommand({ replSetGetStatus: 1 });
} catch (e) {
  if (e.codeName !== "NotYetInitialized") throw e;
  first.adminCommand({
    replSetInitiate: { _id: "rs0", members: members.map((host, _id) => ({ _id, host })) },
  });
}

// This waits until the members have chosen a primary.
const admin = connect(`mongodb://${root}@${members.join(",")}/admin?replicaSet=rs0&serverSelectionTimeoutMS=60000`);
const account = { pwd: MONGO_PASSWORD, roles: [{ role: "readWrite", db: "osvitlo" }] };
if (admin.getUser("osvitlo")) {
  admin.updateUser("osvitlo", account);
} else {
  admin.createUser({ user: "osvitlo", ...account });
}
