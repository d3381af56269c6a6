console.log('loadstar')
